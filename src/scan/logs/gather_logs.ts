/**
 * Logs out of the files of stores that are more than a file a log: documents that make one together, files with companions,
 * databases. What a log is compared by takes all of its files in.
 */
import type { LoggedAgent } from "../../agents/agent.ts";
import { type DocumentStore, type LogStore, storeOf, type TableStore } from "../../agents/log_store.ts";
import { hashText } from "../../core/hash_text.ts";
import { fileMark } from "../../host/files.ts";
import { dirname, join } from "../../host/paths.ts";
import type { FoundFile } from "../../host/walk_files.ts";
import type { FoundLog } from "./log_reader.ts";

/** A file below a root. */
export interface FileOfStore {
  readonly source: LoggedAgent;
  readonly file: FoundFile;
}

/** A database that has logs in it. */
export interface FoundDatabase {
  readonly source: LoggedAgent;
  readonly store: TableStore;
  readonly file: FoundFile;
}

/** Whether every file of an agent's is a log of its own, which needs nothing of what is here. */
export function hasLinesAlone({ logs: { stores } }: LoggedAgent): boolean {
  return stores.every((store) => store.form === "lines" && store.companions === undefined);
}

/** @param files All of which a source may be one with such stores */
export function gatherLogs(
  files: readonly FileOfStore[],
): {
  readonly logs: readonly (FileOfStore & { readonly file: FoundLog })[];
  readonly databases: readonly FoundDatabase[];
} {
  const logs: (FileOfStore & { readonly file: FoundLog })[] = [];
  const databases: FoundDatabase[] = [];
  const groups = new Map<string, { readonly of: FileOfStore; readonly path: string; readonly files: FoundFile[] }>();
  const stampOf = stampCompanions();
  for (const found of files) {
    const { source, file } = found;
    const store = storeOf(source.logs, file.relativePath);
    if (store.form === "tables") databases.push({ source, store, file });
    else if (store.form === "documents" && store.logOf !== undefined) {
      const start = file.path.slice(0, file.path.length - file.relativePath.length);
      const relativePath = store.logOf(file.relativePath);
      const path = start + relativePath;
      const key = `${source.id}\0${store.id}\0${path}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { of: found, path: relativePath, files: [file] });
      else group.files.push(file);
    } else logs.push({ ...found, file: withCompanions({ ...file, store: store.id }, store, stampOf) });
  }
  for (const { of, path, files } of groups.values()) {
    const store = storeOf(of.source.logs, of.file.relativePath);
    logs.push({
      ...of,
      file: withCompanions(joinDocuments(of.file, path, files, store as DocumentStore), store, stampOf),
    });
  }
  return { logs, databases };
}

function joinDocuments(
  { path, relativePath: ownPath }: FoundFile,
  relativePath: string,
  files: readonly FoundFile[],
  { id: store, isFirst = () => false }: DocumentStore,
): FoundLog {
  const first: FoundFile[] = [];
  const others: FoundFile[] = [];
  for (const file of files) (isFirst(file.relativePath) ? first : others).push(file);
  const documents = [...first.sort(byPath), ...others.sort(byPath)];
  const stamp = documents.map(({ relativePath, size, mtimeMs, ctimeMs, inode }) =>
    `${relativePath}\0${size} ${mtimeMs} ${ctimeMs} ${inode}`
  );
  return {
    path: path.slice(0, path.length - ownPath.length) + relativePath,
    relativePath,
    size: sumOf(documents.map(({ size }) => size)),
    mtimeMs: largestOf(documents.map(({ mtimeMs }) => mtimeMs)),
    // One that is not settled (discover.ts) makes the whole so.
    ctimeMs: documents.find(({ ctimeMs }) => ctimeMs < 0)?.ctimeMs ??
      largestOf(documents.map(({ ctimeMs }) => ctimeMs)),
    inode: hashText(stamp.join("\0")),
    compressed: false,
    store,
    documents,
  };
}

function byPath(a: FoundFile, b: FoundFile): number {
  return a.relativePath < b.relativePath ? -1 : a.relativePath > b.relativePath ? 1 : 0;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function largestOf(numbers: readonly number[]): number {
  return numbers.reduce((largest, number) => Math.max(largest, number), 0);
}

function withCompanions(log: FoundLog, store: LogStore, stampOf: (path: string) => string): FoundLog {
  if (store.form === "tables" || store.companions === undefined) return log;
  const directory = dirname(log.path);
  const companions = Object.fromEntries(store.companions.map((name) => [name, join(directory, name)]));
  // In the place of what tells one file from another: a log with other companions is another one.
  const inode = hashText([log.inode, ...Object.values(companions).map(stampOf)].join("\0"));
  return { ...log, companions, inode };
}

/** Several logs have the same ones. */
function stampCompanions(): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    let stamp = known.get(path);
    if (stamp === undefined) {
      const mark = fileMark(path);
      stamp = mark === undefined ? "" : `${mark.inode} ${mark.size} ${mark.mtimeMs} ${mark.ctimeMs}`;
      known.set(path, stamp);
    }
    return stamp;
  };
}
