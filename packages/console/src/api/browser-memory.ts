/** One text this browser keeps for us. Where a browser forbids that, it is as if nothing had been kept. */
export function remembered(where: 'local' | 'session', name: string) {
  const storage = (): Storage => (where === 'local' ? window.localStorage : window.sessionStorage);
  return {
    read(): string | undefined {
      try {
        return storage().getItem(name) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write(text: string | undefined): void {
      try {
        if (text === undefined) storage().removeItem(name);
        else storage().setItem(name, text);
      } catch {
        // Private windows, full disks, a policy of the company: the page works without.
      }
    },
  };
}
