/** A log as its source is told of it. */
import type { LogFile } from "../../agents/source.ts";
import { readTextOfSmallFile } from "../../host/files.ts";
import type { FoundLog } from "./log_reader.ts";

/** Of a companion so much at most is shown to a source: settings of an agent may list many models. */
const MOST_COMPANION_BYTES = 256 << 10;

/** A log in a database has the path of that, and its name in it. */
export function fileOf({ path, relativePath, table, store, companions }: FoundLog): LogFile {
  const file = { path: table?.database ?? path, relativePath, ...store === undefined ? {} : { store } };
  if (table !== undefined) return { ...file, part: table.part };
  if (companions === undefined) return file;
  const texts: Record<string, string> = {};
  for (const [name, path] of Object.entries(companions)) {
    const text = readTextOfSmallFile(path, MOST_COMPANION_BYTES);
    if (text !== undefined) texts[name] = text;
  }
  return { ...file, companions: texts };
}
