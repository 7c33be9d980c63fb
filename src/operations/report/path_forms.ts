/** Shorter ways to write a path, for columns that have no room for all of it (`Cell.forms`). */

/** `~/src/clients/northwind/api`: its last three directories, then two, then the last. No name is cut. */
export function pathForms(path: string): readonly string[] {
  const parts = path.split(/(?<=[^/\\])[/\\]/);
  // A separator is one character, whichever it is.
  return [3, 2, 1].map((count) => parts.length <= count ? path : path.slice(-parts.slice(-count).join("/").length));
}
