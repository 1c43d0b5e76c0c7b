/** What a browser keeps for a site. Every call may throw: storage can be full, forbidden or gone. */
export interface RawStorage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
  /** Every name in it. */
  names(): readonly string[];
}

/** Names and texts that outlive the page where the browser and the visitor allow it, and never throw. */
export interface Store {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  /** Names that begin so, sorted. */
  names(start: string): readonly string[];
  /** From now on writes reach the browser, beginning with what memory holds. Before that nothing is stored. */
  open(): void;
  /** Forgets everything of ours, in memory and in the browser; writes stay in memory from now on. */
  close(): void;
}

/** Answers what `run` answers, or `otherwise` when it throws. */
export function attempt<T, O = undefined>(run: () => T, otherwise?: O): T | O {
  try {
    return run();
  } catch {
    return otherwise as O;
  }
}

/**
 * Names all begin with `prefix`. Memory holds what the browser would not take, and comes first: a full storage keeps
 * the older text under the name.
 */
export function createStore(raw: RawStorage, prefix: string): Store {
  const memory = new Map<string, string>();
  let isOpen = false;
  const kept = () =>
    attempt(raw.names, [] as string[])
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));

  const store: Store = {
    get: (name) => memory.get(name) ?? (isOpen ? attempt(() => raw.getItem(prefix + name), null) : null),
    set(name, value) {
      memory.set(name, value);
      if (!isOpen) return;
      attempt(() => {
        raw.setItem(prefix + name, value);
        memory.delete(name);
      });
    },
    remove(name) {
      memory.delete(name);
      if (isOpen) attempt(() => raw.removeItem(prefix + name));
    },
    names: (start) =>
      [...new Set([...memory.keys(), ...(isOpen ? kept() : [])])].filter((name) => name.startsWith(start)).sort(),
    open() {
      if (isOpen) return;
      isOpen = true;
      for (const [name, value] of [...memory]) store.set(name, value);
    },
    close() {
      for (const name of kept()) attempt(() => raw.removeItem(prefix + name));
      memory.clear();
      isOpen = false;
    },
  };
  return store;
}
