/**
 * Reads sessions of OpenCode, and of programs made of it, the slow, obvious way: by docs/formats/opencode.md alone, every
 * row of every table and every document at once. It takes all of them to be whole, and shares nothing with the source.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Json, ReferenceFound } from "./found.ts";

/** As either form of storage has it. */
interface Session {
  readonly id: string;
  readonly parent: string | undefined;
  readonly created: number;
}

interface Message {
  readonly id: string;
  readonly session: string;
  readonly data: Json;
  /** Of the steps, where there are several. */
  readonly steps: readonly Json[];
}

/** @param program The name of its directory and of its databases. @default opencode */
export function readOpencodeReference(home: string, program = "opencode"): ReferenceFound {
  const directory = join(home, ".local/share", program);
  const names = existsSync(directory) ? [...Deno.readDirSync(directory)].map(({ name }) => name).sort() : [];
  const databases = names.filter((name) => name.startsWith(program) && name.endsWith(".db"));
  const read = [
    ...databases.map((name) => readDatabase(join(directory, name))),
    readDocuments(join(directory, "storage")),
  ];
  const sessions = new Map(read.flatMap(({ sessions }) => sessions).map((session) => [session.id, session]));
  const rootOf = (id: string): string => {
    const parent = sessions.get(id)?.parent;
    return parent === undefined ? id : rootOf(parent);
  };
  return {
    sessions: [...sessions.values()].filter(({ parent }) => parent === undefined).map(({ id }) => id),
    responses: read.flatMap(({ messages }) => messages).flatMap((message) =>
      responsesOf(message, rootOf(message.session), sessions.get(message.session)!.created)
    ),
  };
}

/** Each step is a response. Most messages have one, whose tokens and cost are those of the message. */
function responsesOf({ data, steps }: Message, session: string, sessionCreated: number): ReferenceFound["responses"] {
  const parts = steps.length > 1 ? steps : [data];
  const { created, completed } = data.time;
  const [provider, model] = [data.providerID ?? data.model.providerID, data.modelID ?? data.model.id];
  return parts.flatMap(({ tokens, cost }, place) => {
    const { input, output, reasoning = 0, cache: { read, write }, total } = tokens;
    if (input + output + reasoning + read + write === 0) return [];
    const isInside = total === input + output + read + write;
    return [{
      key: JSON.stringify([
        created,
        completed,
        provider,
        model,
        input,
        output,
        reasoning,
        read,
        write,
        parts.length - place,
      ]),
      session,
      isCopy: created < sessionCreated,
      sums: {
        turns: 1,
        input,
        cacheRead: read,
        cacheWrite: write,
        cacheWrite1h: 0,
        output: isInside ? output : output + reasoning,
        usd: cost,
      },
    }];
  });
}

interface Read {
  readonly sessions: readonly Session[];
  readonly messages: readonly Message[];
}

/** Of a copy: opening leaves files beside a database. */
function readDatabase(path: string): Read {
  const directory = Deno.makeTempDirSync();
  try {
    const copy = join(directory, "copy.db");
    for (const suffix of ["", "-wal"]) if (existsSync(path + suffix)) Deno.copyFileSync(path + suffix, copy + suffix);
    const database = new DatabaseSync(copy);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all().map(({ name }) =>
      name
    );
    const rows = (table: string): Json[] =>
      tables.includes(table) ? database.prepare(`SELECT * FROM ${table} ORDER BY id`).all() : [];
    try {
      const newer = rows("session_message").map((row) => ({ ...row, data: JSON.parse(row.data) }));
      const taken = new Set(newer.filter(({ data }) => data.tokens !== undefined).map(({ id }) => id));
      const steps = rows("part").map((part) => ({ ...part, data: JSON.parse(part.data) }))
        .filter(({ data }) => data.type === "step-finish");
      const older = rows("message").map((row) => ({ ...row, data: JSON.parse(row.data) }))
        .filter(({ id, data }) => data.role === "assistant" && !taken.has(id));
      return {
        sessions: [...rows("session"), ...rows("session_v2")]
          .map((row) => ({ id: row.id, parent: row.parent_id ?? undefined, created: row.time_created })),
        messages: [
          ...older.map((row) => ({
            id: row.id,
            session: row.session_id,
            data: row.data,
            steps: steps.filter((step) => step.message_id === row.id).map(({ data }) => data),
          })),
          ...newer.filter(({ type, data }) => ["assistant", "compaction"].includes(type) && data.tokens !== undefined)
            .map((row) => ({ id: row.id, session: row.session_id, data: row.data, steps: [] })),
        ],
      };
    } finally {
      database.close();
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** `storage/session/<project>/<session>.json` and `storage/message/<session>/<message>.json`. */
function readDocuments(directory: string): Read {
  const documents = (kind: string) => {
    const path = join(directory, kind);
    const folders = existsSync(path) ? [...Deno.readDirSync(path)].map(({ name }) => name) : [];
    return folders.flatMap((folder) =>
      [...Deno.readDirSync(join(path, folder))].map(({ name }) => ({
        id: basename(name, ".json"),
        folder,
        data: JSON.parse(Deno.readTextFileSync(join(path, folder, name))),
      }))
    );
  };
  return {
    sessions: documents("session").map(({ id, data }) => ({ id, parent: data.parentID, created: data.time.created })),
    messages: documents("message").filter(({ data }) => data.role === "assistant")
      .map(({ id, folder, data }) => ({ id, session: folder, data, steps: [] })),
  };
}
