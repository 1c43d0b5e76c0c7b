/** Lets go of what is only shown: a storage that fails shows less, and whoever needs it to work is told elsewhere. */
export function gone(work: Promise<unknown>): void {
  work.catch(() => {});
}
