/** `prefix_changed` as people read it. */
export function causeText(cause: string): string {
  return cause.replaceAll("_", " ");
}
