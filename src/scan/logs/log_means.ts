/** What a log is read with: what it is kept in decides the reader, who wrote it the source. */
import { agentWithLogs, loadSource } from "../../agents/agents.ts";
import { type LogStore, storeOf } from "../../agents/log_store.ts";
import type { NamedSource } from "../../agents/source.ts";
import { linesReader } from "./lines/lines_reader.ts";
import type { FoundLog, LogReader } from "./log_reader.ts";

export interface LogMeans {
  readonly source: NamedSource;
  /** Of the log's store. */
  readonly reader: LogReader;
}

/** @param source Id of who wrote it */
export async function loadMeans(source: string, log: Pick<FoundLog, "relativePath" | "store">): Promise<LogMeans> {
  const { logs } = agentWithLogs(source);
  const store = logs.stores.find(({ id }) => id === log.store) ?? storeOf(logs, log.relativePath);
  return { source: await loadSource(source), reader: await readerOf(store) };
}

/** Loaded where it is more than lines, which every home has. */
async function readerOf(store: LogStore): Promise<LogReader> {
  switch (store.form) {
    case "lines":
      return linesReader;
    case "documents":
      return new (await import("./documents/documents_reader.ts")).DocumentsReader(store);
    case "tables":
      return new (await import("./tables/tables_reader.ts")).TablesReader(store);
  }
}
