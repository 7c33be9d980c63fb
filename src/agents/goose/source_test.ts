import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { SessionFacts, UsageTotal } from "../../core/model.ts";
import { lastWriteOf } from "../../host/foreign_database.ts";
import type { RecordSink } from "../../scan/logs/log_reader.ts";
import { closeStores } from "../../scan/logs/open_stores.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import { listParts, logsOf } from "../../scan/logs/tables/list_parts.ts";
import { TablesReader } from "../../scan/logs/tables/tables_reader.ts";
import { takeAllSteps } from "../../scan/logs/take_steps.ts";
import type { SpokenText } from "../formats/spoken_text.ts";
import type { TableStore } from "../log_store.ts";
import type { RecordedTurn } from "../source.ts";
import { logs } from "./places.ts";
import { gooseSource } from "./source.ts";
import type { GooseState } from "./state.ts";

const STORE = logs.stores[0] as TableStore;

/** Columns that schemas added to sessions, from the first to the last that is known. */
const ADDED: readonly (readonly [schema: number, ...columns: string[]])[] = [
  [4, "name TEXT DEFAULT ''", "user_set_name BOOLEAN DEFAULT FALSE"],
  [5, "session_type TEXT NOT NULL DEFAULT 'user'"],
  [6, "provider_name TEXT", "model_config_json TEXT"],
  [13, "accumulated_cost REAL"],
  [14, "accumulated_cache_read_tokens INTEGER", "accumulated_cache_write_tokens INTEGER"],
  [15, "parent_session_id TEXT"],
  [17, "parent_delegation TEXT"],
];

function schemaOf(version: number): string {
  const added = ADDED.flatMap(([schema, ...columns]) => schema <= version ? columns : []);
  return `CREATE TABLE sessions (id TEXT PRIMARY KEY, description TEXT NOT NULL DEFAULT '', working_dir TEXT NOT NULL,
    created_at TIMESTAMP, updated_at TIMESTAMP, total_tokens INTEGER, input_tokens INTEGER, output_tokens INTEGER,
    accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER
    ${added.map((column) => `, ${column}`).join("")});
    CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, role TEXT NOT NULL,
    content_json TEXT NOT NULL, created_timestamp INTEGER NOT NULL);` +
    (version < 15 ? "" : `CREATE TABLE usage_ledger (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL,
    created_timestamp INTEGER NOT NULL, model TEXT, input_tokens INTEGER, output_tokens INTEGER, total_tokens INTEGER,
    cache_read_tokens INTEGER, cache_write_tokens INTEGER, cost REAL, cost_source TEXT, is_compaction INTEGER DEFAULT 0);`);
}

type Columns = Readonly<Record<string, string | number | null>>;

function insert(table: string, columns: Columns): string {
  const values = Object.values(columns).map((value) => typeof value === "string" ? `'${value}'` : String(value));
  return `INSERT INTO ${table} (${Object.keys(columns).join(", ")}) VALUES (${values.join(", ")});`;
}

const ID = "20261126_1";
/** 2026-11-26T04:00:00Z. */
const BEGAN = 1_795_665_600;
const ms = (seconds: number) => (BEGAN + seconds) * 1000;

const session = (columns: Columns = {}) =>
  insert("sessions", {
    id: ID,
    description: "Greetings",
    working_dir: "/srv/api",
    created_at: "2026-11-26 04:00:00",
    updated_at: "2026-11-26 04:05:00",
    ...columns,
  });

const CONFIGURED = { provider_name: "anthropic", model_config_json: '{"model_name":"claude-sonnet-4-6"}' };

/** 11000 of input, 9000 of them read and 1000 written: 1000 are neither. */
const response = (seconds: number, columns: Columns = {}) =>
  insert("usage_ledger", {
    session_id: ID,
    created_timestamp: BEGAN + seconds,
    model: "claude-sonnet-4-6",
    input_tokens: 11000,
    output_tokens: 200,
    total_tokens: 11200,
    cache_read_tokens: 9000,
    cache_write_tokens: 1000,
    cost: 0.01,
    cost_source: "estimated",
    ...columns,
  });
const USAGE = { input: 1000, cacheRead: 9000, cacheWrite: 1000, cacheWrite1h: 0, output: 200 };
const MODEL = { provider: "anthropic", model: "claude-sonnet-4-6" };

interface ReadSession {
  readonly turns: readonly RecordedTurn[];
  readonly totals: readonly UsageTotal[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
  readonly texts: readonly SpokenText[];
  readonly inode: number;
}

/** Each session of a database, read as the engine does. */
function read(schema: number, ...statements: readonly string[]): ReadonlyMap<string, ReadSession> {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/sessions.db`;
  try {
    const database = new DatabaseSync(path);
    database.exec(schemaOf(schema) + statements.join(""));
    database.close();
    const listed = listParts(path, STORE, undefined, true);
    assert.equal(listed.problem, undefined);
    const file = { path, relativePath: "sessions.db", size: 1, ...lastWriteOf(path), inode: 1, compressed: false };
    const reader = new TablesReader(STORE);
    const read = logsOf(file, path, STORE, listed).map((log): [string, ReadSession] => {
      const [turns, totals, problems, texts]: [RecordedTurn[], UsageTotal[], string[], SpokenText[]] = [[], [], [], []];
      const folder = new RecordFolder(gooseSource);
      let state: GooseState = gooseSource.start({ path, relativePath: "sessions.db", part: log.table!.part });
      const sink: RecordSink = {
        record(record) {
          const result = folder.fold(state, record);
          turns.push(...result.turns ?? []);
          totals.push(...result.totals ?? []);
          if (result.problem !== undefined) problems.push(result.problem);
          state = JSON.parse(JSON.stringify(result.state)) as GooseState;
        },
        problem: (message) => void problems.push(message),
      };
      takeAllSteps(reader.read(log, { needles: [] }, undefined, sink));
      const said: RecordSink = {
        record: (record) => void texts.push(...[gooseSource.text(record) ?? []].flat()),
        problem() {},
      };
      takeAllSteps(reader.read(log, { needles: [], what: "texts" }, undefined, said));
      return [log.table!.part, { turns, totals, problems, facts: gooseSource.session(state), texts, inode: log.inode }];
    });
    return new Map(read);
  } finally {
    closeStores();
    Deno.removeSync(directory, { recursive: true });
  }
}

const readOne = (schema: number, ...statements: readonly string[]) => read(schema, ...statements).get(ID)!;

Deno.test("a session: its responses, and what is known of it", () => {
  const { turns, totals, problems, facts, texts } = readOne(
    17,
    session({
      ...CONFIGURED,
      name: "Hello",
      accumulated_input_tokens: 22000,
      accumulated_output_tokens: 400,
      accumulated_cost: 0.02,
    }),
    response(60),
    response(120, { cost: 0.25, cost_source: "provider_reported" }),
    insert("messages", {
      session_id: ID,
      role: "user",
      content_json: '[{"type":"text","text":"hi"}]',
      created_timestamp: BEGAN,
    }),
  );
  const turn = {
    key: `${ID} 1 ${ms(60)} claude-sonnet-4-6 11000 200`,
    at: ms(60),
    model: MODEL,
    usage: USAGE,
    chain: "main",
  };
  assert.deepEqual(turns, [
    { ...turn, reported: { usd: 0.01 } },
    {
      ...turn,
      key: `${ID} 2 ${ms(120)} claude-sonnet-4-6 11000 200`,
      at: ms(120),
      reported: { usd: 0.25, isBill: true },
    },
  ]);
  assert.deepEqual([totals, problems, texts], [[], [], [{ role: "user", text: "hi" }]]);
  assert.deepEqual(facts, {
    sessionId: ID,
    discriminator: String(ms(0)),
    cwd: "/srv/api",
    title: "Hello",
    parentSessionId: undefined,
    startedAt: ms(0),
    lastActivityAt: ms(300),
  });
});

Deno.test("a response", async (t) => {
  const rows: [name: string, columns: Columns, expected: Partial<RecordedTurn> | undefined, problem?: string][] = [
    ["no cache", { cache_read_tokens: null, cache_write_tokens: null }, {
      usage: { ...USAGE, input: 11000, cacheRead: 0, cacheWrite: 0 },
    }],
    // 11200 are input and output; the total has 300 more.
    ["thoughts are in the total alone", { total_tokens: 11500 }, { usage: { ...USAGE, output: 500 } }],
    ["cached tokens beside the input, by the total", { total_tokens: 21200 }, { usage: { ...USAGE, input: 11000 } }],
    ["more cached than there was", { cache_read_tokens: 90000 }, {
      usage: { ...USAGE, input: 11000, cacheRead: 90000 },
    }],
    ["no output but a total", { output_tokens: null }, { usage: USAGE }],
    ["no total", { total_tokens: null }, { usage: USAGE }],
    [
      "no input",
      { input_tokens: null },
      undefined,
      "Expected counts of input, output and total, found nothing, 200, 11200",
    ],
    [
      "no counts at all",
      { input_tokens: null, output_tokens: null, total_tokens: null },
      undefined,
      "Expected counts of",
    ],
    [
      "counts of 0",
      { input_tokens: 0, output_tokens: 0, total_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0 },
      undefined,
      "A response without any tokens",
    ],
    ["a count below 0", { output_tokens: -1, total_tokens: null }, undefined, '"output" is -1'],
    ["a count beyond all numbers", { total_tokens: 9.3e18 }, { usage: USAGE }, '"total" is'],
    ["milliseconds", { created_timestamp: ms(60) }, { at: ms(60) }],
    ["no time", { created_timestamp: 0 }, undefined, "A response without a time is not counted."],
    ["a cost of 0 is unknown", { cost: 0 }, { reported: undefined }],
    ["no cost", { cost: null, cost_source: null }, { reported: undefined }],
    ["a cost below 0", { cost: -1 }, { reported: undefined }, "Expected a cost of 0 to 10000 US dollars, found -1"],
    ["a compaction", { is_compaction: 1 }, { chain: "compaction" }],
  ];
  for (const [name, columns, expected, problem] of rows) {
    await t.step(name, () => {
      const { turns, totals, problems } = readOne(15, session(CONFIGURED), response(60, columns));
      assert.deepEqual([turns.length, totals], [expected === undefined ? 0 : 1, []]);
      for (const [field, value] of Object.entries(expected ?? {})) {
        assert.deepEqual(turns[0]![field as keyof RecordedTurn], value, field);
      }
      assert.equal(problems.length, problem === undefined ? 0 : 1, problems.join("\n"));
      if (problem !== undefined) assert.ok(problems[0]!.includes(problem), problems[0]);
    });
  }
});

Deno.test("who bills", async (t) => {
  const rows: [provider: string | null, expected: string][] = [
    ["openrouter", "openrouter"],
    ["gcp_vertex_ai", "google-vertex"],
    ["aws_bedrock", "amazon-bedrock"],
    [null, "unknown"],
  ];
  for (const [provider, expected] of rows) {
    await t.step(String(provider), () => {
      const { turns } = readOne(15, session({ ...CONFIGURED, provider_name: provider }), response(60));
      assert.deepEqual(turns[0]!.model, { ...MODEL, provider: expected });
    });
  }
});

Deno.test("what was carried forward is a sum", async (t) => {
  const carried = { model: null, cost_source: "carried_forward", cost: 1.5 };
  const rows: [name: string, columns: Columns][] = [
    ["marked", carried],
    ["without a model", { ...carried, cost_source: null }],
    // 5 times 11000 * 1000 tokens: no model takes as many at once.
    ["far larger than a context", {
      ...carried,
      model: "claude-sonnet-4-6",
      cost_source: "estimated",
      input_tokens: 55_000_000,
    }],
  ];
  for (const [name, columns] of rows) {
    await t.step(name, () => {
      const { turns, totals, problems } = readOne(15, session(CONFIGURED), response(50, columns), response(60));
      assert.deepEqual([turns.map(({ at }) => at), problems], [[ms(60)], []]);
      const input = columns.input_tokens === undefined ? 1000 : 54_990_000;
      assert.deepEqual(totals.map(({ key: _, ...total }) => total), [{
        model: MODEL,
        usage: { ...USAGE, input },
        reported: { usd: 1.5 },
        chain: "main",
        firstAt: ms(0),
        lastAt: ms(50),
      }]);
    });
  }
});

Deno.test("what a session's sums have beside its ledger is a sum", () => {
  const sums = {
    accumulated_input_tokens: 31000,
    accumulated_output_tokens: 500,
    accumulated_total_tokens: 31500,
    accumulated_cache_read_tokens: 19000,
    accumulated_cache_write_tokens: 1000,
    accumulated_cost: 0.05,
  };
  const { turns, totals, problems } = readOne(15, session({ ...CONFIGURED, ...sums }), response(60));
  // 31000 - 11000 of input, of which 19000 - 9000 were read; 500 - 200 of output; $0.05 - $0.01.
  assert.deepEqual([turns.length, problems], [1, []]);
  assert.deepEqual(totals.map(({ usage }) => usage), [
    { input: 10000, cacheRead: 10000, cacheWrite: 0, cacheWrite1h: 0, output: 300 },
  ]);
  assert.ok(Math.abs(totals[0]!.reported!.usd - 0.04) < 1e-12);
});

Deno.test("a session of before the ledger is known as sums", async (t) => {
  const sums = { accumulated_input_tokens: 1000, accumulated_output_tokens: 50, accumulated_total_tokens: 1050 };
  const cached = { accumulated_cache_read_tokens: 600, accumulated_cache_write_tokens: 100 };
  const cost = { accumulated_cost: 0.5 };
  const whole = { input: 1000, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 50 };
  const unknown = { provider: "unknown", model: "unknown" };
  const rows: [schema: number, columns: Columns, expected: Partial<UsageTotal>][] = [
    [14, { ...CONFIGURED, ...sums, ...cached, ...cost }, {
      model: MODEL,
      usage: { input: 300, cacheRead: 600, cacheWrite: 100, cacheWrite1h: 0, output: 50 },
      reported: { usd: 0.5 },
    }],
    [13, { ...CONFIGURED, ...sums, ...cost }, { model: MODEL, usage: whole, reported: { usd: 0.5 } }],
    [6, { ...CONFIGURED, ...sums }, { model: MODEL, usage: whole, reported: undefined }],
    [5, sums, { model: unknown, usage: whole }],
    [3, sums, { model: unknown, usage: whole }],
  ];
  for (const [schema, columns, expected] of rows) {
    await t.step(`schema ${schema}`, () => {
      const { turns, totals, problems, facts } = readOne(schema, session(columns));
      assert.deepEqual([turns, problems, totals.length], [[], [], 1]);
      for (const [field, value] of Object.entries({ ...expected, firstAt: ms(0), lastAt: ms(300) })) {
        assert.deepEqual(totals[0]![field as keyof UsageTotal], value, field);
      }
      assert.deepEqual([facts?.sessionId, facts?.title, facts?.cwd], [ID, "Greetings", "/srv/api"]);
    });
  }
  await t.step("without any response", () => {
    const { totals, problems, facts } = readOne(14, session());
    assert.deepEqual([totals, problems, facts?.sessionId], [[], [], ID]);
  });
  await t.step("of a total alone", () => {
    const { totals, problems } = readOne(14, session({ accumulated_total_tokens: 7 }));
    assert.deepEqual(totals, []);
    assert.match(problems.join(), /^Of 7 tokens nothing says/);
  });
});

Deno.test("a sub-agent's session is a chain of the one that it works for", () => {
  const [child, grandchild, orphan] = ["20261126_2", "20261126_3", "20261126_4"];
  const of = (id: string, parent: string) =>
    session({ id, parent_session_id: parent, session_type: "sub_agent", created_at: "2026-11-26 04:01:00" });
  const sessions = read(
    15,
    ...[session(), of(child, ID), of(grandchild, child), of(orphan, "20261125_9")],
    ...[child, grandchild, orphan].map((id) => response(60, { session_id: id })),
    insert("messages", {
      session_id: child,
      role: "user",
      content_json: '[{"type":"text","text":"go"}]',
      created_timestamp: BEGAN,
    }),
  );
  const found = [...sessions].map(([id, { facts, turns, texts }]) => [
    ...[id, facts?.sessionId, facts?.discriminator, facts?.subagent ?? false],
    ...turns.map(({ chain }) => chain),
    texts.length,
  ]);
  assert.deepEqual(found, [
    [ID, ID, String(ms(0)), false, 0],
    [child, ID, String(ms(0)), true, child, 0],
    [grandchild, ID, String(ms(0)), true, grandchild, 0],
    [orphan, "20261125_9", undefined, true, orphan, 0],
  ]);
});

Deno.test("sessions that are each other's parents end nothing", () => {
  const [a, b] = ["20261126_1", "20261126_2"];
  const of = (id: string, parent: string) => session({ id, parent_session_id: parent, session_type: "sub_agent" });
  assert.equal(read(15, of(a, b), of(b, a)).size, 2);
});

Deno.test("the request after a compaction is expected to find less", () => {
  const compaction = (seconds: number) => response(seconds, { is_compaction: 1 });
  const { turns, facts } = readOne(
    15,
    session(),
    response(10),
    compaction(20),
    response(30),
    response(40),
    compaction(50),
  );
  assert.deepEqual(turns.map(({ afterCompaction = false }) => afterCompaction), [false, false, true, false, false]);
  assert.deepEqual(facts?.pending, { at: ms(50), kind: "compacted" });
});

Deno.test("whatever changes, the log is another one", async (t) => {
  const before = [session({ name: "a" }), response(60)];
  const rows: [name: string, change: string][] = [
    ["a response", response(61)],
    ["a response that went", "DELETE FROM usage_ledger;"],
    ["a name", "UPDATE sessions SET name = 'b';"],
    ["a sum", "UPDATE sessions SET accumulated_cost = 1;"],
    ["its time", "UPDATE sessions SET updated_at = '2026-11-26 05:00:00';"],
  ];
  for (const [name, change] of rows) {
    await t.step(name, () => {
      assert.notEqual(readOne(15, ...before, change).inode, readOne(15, ...before).inode);
    });
  }
});

Deno.test("figures that cannot be added up end nothing", () => {
  const huge = { input_tokens: 9007199254740993, output_tokens: 9007199254740993 };
  const statements = Array.from({ length: 3 }, (_, at) => response(at, huge));
  const most = "UPDATE usage_ledger SET input_tokens = 9223372036854775807;";
  const { turns, totals, facts } = readOne(
    15,
    session({ accumulated_input_tokens: 1 }),
    ...statements,
    most,
    response(60),
  );
  assert.deepEqual([turns.map(({ at }) => at), totals, facts?.sessionId], [[ms(60)], [], ID]);
});
