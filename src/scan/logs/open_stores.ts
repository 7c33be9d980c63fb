/** What readers hold open from one log to the next, and who is done reading has them close. */

const open = new Set<() => void>();

/** @param close Called once, at the next {@linkcode closeStores} */
export function noteOpenStore(close: () => void): void {
  open.add(close);
}

/** In this thread. Nothing is held that is not being read from. */
export function closeStores(): void {
  for (const close of open) close();
  open.clear();
}
