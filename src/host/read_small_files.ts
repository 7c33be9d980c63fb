/** Files that ship with the program, read at once. */

/** All of a directory, and none below it. @returns none when there is no such directory */
export function readSmallFiles(
  directory: URL,
): readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[] {
  try {
    return [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile)
      .map(({ name }) => ({ name, bytes: Deno.readFileSync(new URL(encodeURIComponent(name), directory)) }));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
