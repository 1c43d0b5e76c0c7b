/** Reads and writes JSON in localStorage. Where storage is forbidden the shop forgets instead of failing. */
export function recall(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A private window without storage: the page still works until it is left.
  }
}
