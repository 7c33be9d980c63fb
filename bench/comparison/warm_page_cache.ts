/**
 * Has every byte of a corpus in the page cache. Some machines take pages away that nobody read for a few seconds: who runs
 * first after a pause would read from the disk, and the next one from memory.
 */
const CHUNK = new Uint8Array(1 << 20);

export function warmPageCache(directory: string): void {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    if (isDirectory) warmPageCache(path);
    else if (isFile) readAll(path);
  }
}

function readAll(path: string): void {
  using file = Deno.openSync(path);
  while (file.readSync(CHUNK) !== null);
}
