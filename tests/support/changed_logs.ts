/** Logs of a home that a test lets go on. */
import { join } from "node:path";

/** Paths of all files below a directory, in the order of their names. */
export function* walkLogs(directory: string): Generator<string> {
  for (const { name, isDirectory } of [...Deno.readDirSync(directory)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (isDirectory) yield* walkLogs(join(directory, name));
    else yield join(directory, name);
  }
}

/** A further line, at the end of a log. */
export function appendLine(path: string, line: string): void {
  Deno.writeTextFileSync(path, `${line}\n`, { append: true });
}

/** The last line with usage once more, as another turn. */
export function turnAfter(text: string): string {
  const line = text.split("\n").findLast((line) => line.includes('"usage"'))!;
  const entry = JSON.parse(line) as { id: string };
  return JSON.stringify({ ...entry, id: `${entry.id}9` }).replaceAll(/"responseId":"([^"]*)"/g, '"responseId":"$19"');
}
