/** Adds the logs that are in databases to those that are files: asked of each database when it changed. */
import type { Diagnostic, EpochMs } from "../../../core/model.ts";
import { lastWriteOf } from "../../../host/foreign_database.ts";
import { realPathIfAny } from "../../../host/real_path_if_any.ts";
import type { Discovery } from "../../logs/discover.ts";
import { isSettled } from "../../logs/is_settled.ts";
import { listParts, logsOf, type PartsOfDatabase } from "../../logs/tables/list_parts.ts";
import type { IndexStore } from "../tables/store.ts";

/** What databases are known to hold. */
export interface ListedDatabases {
  /** With their logs, and why those of some could not be listed. */
  readonly discovery: Discovery;
  /** Whether there is something to save. */
  readonly isNew: boolean;
  save(store: IndexStore): void;
}

/** Of the table of what is known otherwise. */
const KEY = "parts:";

/** @param at When logs were looked for */
export function listDatabases(store: IndexStore, discovery: Discovery, at: EpochMs): ListedDatabases {
  const problems: Diagnostic[] = [];
  const news = new Map<string, string>();
  const logs: Discovery["files"][number][] = [];
  for (const { source, store: tables, file } of discovery.databases ?? []) {
    const key = `${KEY}${source.id} ${source.logs.version} ${file.path}`;
    const said = store.readMeta(key);
    const before = said === undefined ? undefined : JSON.parse(said) as PartsOfDatabase;
    // What SQLite writes beside it is where a link leads to.
    const path = realPathIfAny(file.path) ?? file.path;
    const { ctimeMs, mtimeMs } = lastWriteOf(path);
    const listed = listParts(path, tables, before, isSettled(ctimeMs, mtimeMs, at));
    if (listed.problem !== undefined) {
      problems.push({ path: file.path, message: `Cannot be read: ${listed.problem}.` });
    }
    const now = JSON.stringify(listed.known);
    if (now !== said && listed.known !== before) news.set(key, now);
    for (const log of logsOf(file, path, tables, listed)) logs.push({ source, file: log });
  }
  return {
    discovery: { ...discovery, files: [...discovery.files, ...logs], problems: [...discovery.problems, ...problems] },
    isNew: news.size > 0,
    save(store) {
      for (const [key, text] of news) store.writeMeta(key, text);
    },
  };
}
