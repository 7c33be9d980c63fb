/** Each billed response counts once, for the session that made it, whichever logs are there and in whatever order. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "../../../../tests/support/logs.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { type ClaimingLog, resolveOwnership } from "./ownership.ts";
import { openIndex } from "../open_index.ts";
import type { RecordedTurn } from "../../../agents/source.ts";
import { makeMachine } from "../../../host/environment.ts";

const NOW = { now: Date.parse("2026-11-21T13:00:00Z"), isPast: false };
const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12) + seconds * 1000).toISOString();

/** Output tokens of each turn that counts, by session and chain. Each response has its own number of output tokens. */
type Counted = Record<string, Record<string, number[]>>;

async function scan(home: string): Promise<Counted> {
  const result = await openIndex({
    machine: makeMachine({ home }),
    stateDirectory: join(home, "state"),
  });
  try {
    const counted: Counted = {};
    for (const { id, sessionId, turns, usage } of await result.sessions(NOW)) {
      const chains: Record<string, number[]> = counted[sessionId] = {};
      const explained = (await result.explainedTurns(id, NOW))!;
      for (const turn of explained) (chains[turn.chain] ??= []).push(turn.usage.output);
      // The sums of the list and the turns of the session are two paths through the index.
      deepStrictEqual(turns, explained.length);
      deepStrictEqual(usage.output, explained.reduce((sum, turn) => sum + turn.usage.output, 0));
    }
    deepStrictEqual(
      (await result.usageBuckets({})).reduce((sum, bucket) => sum + bucket.turns, 0),
      Object.values(counted).flatMap((chains) => Object.values(chains).flat()).length,
    );
    return counted;
  } finally {
    result.close();
  }
}

/**
 * Writes all logs, then takes each away and puts it back, then writes them one by one in every rotation of the order,
 * into one index: the answer depends on the logs that are there and on nothing else.
 */
async function checkScans(
  t: Deno.TestContext,
  logs: Readonly<Record<string, readonly object[]>>,
  all: Counted,
  without: Readonly<Record<string, Counted>>,
): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    const write = (name: string) => writeLog(join(home, name), logs[name]!);
    for (const name of Object.keys(logs)) await write(name);
    await t.step("all logs", async () => deepStrictEqual(await scan(home), all));
    for (const [name, expected] of Object.entries(without)) {
      await t.step(`without ${name}`, async () => {
        await Deno.remove(join(home, name));
        deepStrictEqual(await scan(home), expected);
      });
      await t.step("and with it again", async () => {
        await write(name);
        deepStrictEqual(await scan(home), all);
      });
    }
  });
  const names = Object.keys(logs);
  for (const [start] of names.entries()) {
    await t.step(`one after the other, ${names[start]} first`, async () => {
      await withTemporaryDirectory(async (home) => {
        for (const name of [...names.slice(start), ...names.slice(0, start)]) {
          await writeLog(join(home, name), logs[name]!);
          await scan(home);
        }
        deepStrictEqual(await scan(home), all);
      });
    });
  }
  await t.step("in the place of as many others, all at once", async () => {
    await withTemporaryDirectory(async (home) => {
      const others = names.map((_, index) => piLogPath(home, `other-${index}`));
      for (const [index, path] of others.entries()) {
        await writeLog(path, [piHeader(`other-${index}`), piTurn({ id: `${index}`, at: "2026-11-20T10:01:00.000Z" })]);
      }
      await scan(home);
      for (const path of others) await Deno.remove(path);
      for (const name of names) await writeLog(join(home, name), logs[name]!);
      deepStrictEqual(await scan(home), all);
    });
  });
  await t.step("line by line, all logs at once", async () => {
    await withTemporaryDirectory(async (home) => {
      const longest = Math.max(...Object.values(logs).map((lines) => lines.length));
      for (let length = 1; length <= longest; length++) {
        for (const [name, lines] of Object.entries(logs)) {
          const path = join(home, name);
          if (length === 1) await writeLog(path, lines.slice(0, 1));
          else if (length <= lines.length) {
            await Deno.writeTextFile(path, `${JSON.stringify(lines[length - 1])}\n`, { append: true });
          }
        }
        await scan(home);
      }
      deepStrictEqual(await scan(home), all);
    });
  });
}

// Codex: a fork of an older version begins with its parent's history, without ids and with the time of the fork.

const PARENT = "01a1fdc3-5780-7000-8000-000000000001";
const CHILD = "01a1fdfa-4600-7000-8000-000000000002";
const GRANDCHILD = "01a1fdfb-0000-7000-8000-000000000003";
const codexPath = (id: string) => `.codex/sessions/2026/11/21/rollout-2026-11-21T12-00-00-${id}.jsonl`;

function codexHeader(id: string, forkedFrom?: string): object {
  return {
    timestamp: at(0),
    type: "session_meta",
    payload: { id, timestamp: at(0), cwd: "/src", model_provider: "openai", forked_from_id: forkedFrom },
  };
}

/** Responses with the given numbers of output tokens, as `token_count` lines with their running total. */
function codexCounts(outputs: readonly number[], seconds = 1): object[] {
  const counts = (input: number, output: number) => ({
    input_tokens: input,
    cached_input_tokens: 0,
    output_tokens: output,
    reasoning_output_tokens: 0,
    total_tokens: input + output,
  });
  let total = 0;
  return outputs.map((output, index) => {
    total += output;
    const info = {
      total_token_usage: counts(1000 * (index + 1), total),
      last_token_usage: counts(1000, output),
      model_context_window: 258400,
    };
    return { timestamp: at(seconds + index), type: "event_msg", payload: { type: "token_count", info } };
  });
}

Deno.test("codex: a fork with replayed history", async (t) => {
  await checkScans(
    t,
    {
      [codexPath(PARENT)]: [codexHeader(PARENT), ...codexCounts([11, 12])],
      [codexPath(CHILD)]: [codexHeader(CHILD, PARENT), ...codexCounts([11, 12, 13], 60)],
    },
    { [PARENT]: { main: [11, 12] }, [CHILD]: { main: [13] } },
    {
      [codexPath(PARENT)]: { [CHILD]: { main: [11, 12, 13] } },
      [codexPath(CHILD)]: { [PARENT]: { main: [11, 12] } },
    },
  );
});

Deno.test("codex: a fork of a fork", async (t) => {
  await checkScans(
    t,
    {
      [codexPath(PARENT)]: [codexHeader(PARENT), ...codexCounts([11, 12])],
      [codexPath(CHILD)]: [codexHeader(CHILD, PARENT), ...codexCounts([11, 12, 13], 60)],
      [codexPath(GRANDCHILD)]: [codexHeader(GRANDCHILD, CHILD), ...codexCounts([11, 12, 13, 14], 120)],
    },
    { [PARENT]: { main: [11, 12] }, [CHILD]: { main: [13] }, [GRANDCHILD]: { main: [14] } },
    {
      [codexPath(PARENT)]: { [CHILD]: { main: [11, 12, 13] }, [GRANDCHILD]: { main: [14] } },
      // What the grandchild replayed is told by its parent's log alone.
      [codexPath(CHILD)]: { [PARENT]: { main: [11, 12] }, [GRANDCHILD]: { main: [11, 12, 13, 14] } },
    },
  );
});

Deno.test("codex: a replay ends at the first turn that the parent's log does not have", async (t) => {
  await checkScans(
    t,
    {
      // Both went on after the fork, and their totals after four responses are the same.
      [codexPath(PARENT)]: [codexHeader(PARENT), ...codexCounts([11, 12, 15, 13])],
      [codexPath(CHILD)]: [codexHeader(CHILD, PARENT), ...codexCounts([11, 12, 14, 14], 60)],
    },
    { [PARENT]: { main: [11, 12, 15, 13] }, [CHILD]: { main: [14, 14] } },
    { [codexPath(PARENT)]: { [CHILD]: { main: [11, 12, 14, 14] } } },
  );
});

Deno.test("codex: an archived copy of a log", async (t) => {
  const name = codexPath(PARENT).split("/").at(-1)!;
  const log = [codexHeader(PARENT), ...codexCounts([11, 12])];
  await checkScans(
    t,
    { [codexPath(PARENT)]: log, [`.codex/archived_sessions/${name}`]: log },
    { [PARENT]: { main: [11, 12] } },
    {
      [codexPath(PARENT)]: { [PARENT]: { main: [11, 12] } },
      [`.codex/archived_sessions/${name}`]: { [PARENT]: { main: [11, 12] } },
    },
  );
});

// Claude Code: a fork's lines name the session that made the request; side questions replay under new request ids.

const A = "bbbbbbbb-0000-4000-8000-00000000000a";
/** Sorts before its parent. */
const FORK = "aaaaaaaa-0000-4000-8000-00000000000f";
const claudePath = (session: string, config = ".claude") => `${config}/projects/-srv-app/${session}.jsonl`;
const sidePath = (session: string) => `.claude/projects/-srv-app/${session}/subagents/agent-side1.jsonl`;

interface ClaudeLine {
  readonly session: string;
  readonly message: string;
  readonly request: string;
  readonly output: number;
  readonly seconds: number;
  readonly requestSession?: string;
  readonly agentId?: string;
}

function claudeLine(line: ClaudeLine): object {
  return {
    parentUuid: null,
    isSidechain: line.agentId !== undefined,
    agentId: line.agentId,
    type: "assistant",
    message: {
      id: line.message,
      role: "assistant",
      model: "claude-sonnet-4-5",
      usage: { input_tokens: 10, output_tokens: line.output },
    },
    requestId: line.request,
    requestSessionId: line.requestSession,
    uuid: `uuid-${line.message}-${line.request}`,
    timestamp: at(line.seconds),
    cwd: "/srv/app",
    sessionId: line.session,
  };
}

const ONE = { session: A, message: "msg_1", request: "req_1", output: 21, seconds: 1 };
const TWO = { session: A, message: "msg_2", request: "req_2", output: 22, seconds: 2 };

Deno.test("claude: a fork with copied lines", async (t) => {
  await checkScans(
    t,
    {
      [claudePath(A)]: [claudeLine(ONE), claudeLine(TWO)],
      [claudePath(FORK)]: [
        claudeLine({ ...ONE, session: FORK, requestSession: A }),
        claudeLine({ ...TWO, session: FORK, requestSession: A }),
        claudeLine({ ...ONE, session: FORK, message: "msg_3", request: "req_3", output: 23, seconds: 9 }),
      ],
    },
    { [A]: { main: [21, 22] }, [FORK]: { main: [23] } },
    {
      [claudePath(A)]: { [FORK]: { main: [21, 22, 23] } },
      [claudePath(FORK)]: { [A]: { main: [21, 22] } },
    },
  );
});

const SIDE = { session: A, agentId: "side1", seconds: 5 };
const SIDE_LOG = [
  claudeLine({ ...ONE, ...SIDE, request: "req_8" }),
  claudeLine({ ...SIDE, message: "msg_9", request: "req_9", output: 29 }),
];

Deno.test("claude: a side question replays the conversation", async (t) => {
  await checkScans(
    t,
    { [claudePath(A)]: [claudeLine(ONE), claudeLine(TWO)], [sidePath(A)]: SIDE_LOG },
    { [A]: { main: [21, 22], side1: [29] } },
    {
      // With the conversation gone its replay is all that shows the response.
      [claudePath(A)]: { [A]: { side1: [21, 29] } },
      [sidePath(A)]: { [A]: { main: [21, 22] } },
    },
  );
});

Deno.test("claude: the conversation counts before a replay, even as a copy", async (t) => {
  await checkScans(
    t,
    {
      [claudePath(FORK)]: [
        claudeLine({ ...ONE, session: FORK, requestSession: A }),
        claudeLine({ ...TWO, session: FORK, message: "msg_3", request: "req_3", output: 23 }),
      ],
      [sidePath(FORK)]: SIDE_LOG.map((line) => ({ ...line, sessionId: FORK })),
    },
    { [FORK]: { main: [21, 23], side1: [29] } },
    { [claudePath(FORK)]: { [FORK]: { side1: [21, 29] } } },
  );
});

Deno.test("claude: the fuller of two copies of a log counts", async (t) => {
  // The copy was made while the response was being written: fewer tokens, and an earlier time.
  const [full, partial] = [claudePath(A), claudePath(A, ".config/claude")];
  await checkScans(
    t,
    {
      [full]: [claudeLine(ONE), claudeLine({ ...TWO, seconds: 8 })],
      [partial]: [claudeLine(ONE), claudeLine({ ...TWO, output: 2, seconds: 3 })],
    },
    { [A]: { main: [21, 22] } },
    { [full]: { [A]: { main: [21, 2] } }, [partial]: { [A]: { main: [21, 22] } } },
  );
});

Deno.test("resolveOwnership() without any mark", async (t) => {
  const START = Date.parse(at(0));
  const usage = { input: 100, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1 };
  const model = { provider: "anthropic", model: "claude-sonnet-4-6" };
  const turn = (key: string, more: Partial<RecordedTurn> = {}): RecordedTurn => ({
    key,
    at: START,
    model,
    usage,
    chain: "main",
    ...more,
  });
  const log = (path: string, turns: readonly RecordedTurn[], startedAt: number | undefined = START) => ({
    path,
    startedAt,
    session: 1,
    turns,
  });
  const keys = (...names: string[]) => names.map((name) => turn(name));
  const LONG = "msg_01abcdefghijklmnopqrstuv";
  const message = (key: string, more: Partial<RecordedTurn> = {}) => turn(key, { replayKey: "msg", ...more });
  const rows: [name: string, logs: Parameters<typeof resolveOwnership>[0], lost: string[]][] = [
    [
      "the log that has nothing else is the original, whatever its path",
      [log("a", keys("1", "2", "3")), log("z", keys("1", "2"))],
      ["110", ""],
    ],
    [
      "of a line of hand-offs each owns what it added",
      [log("c", keys("1", "2", "3", "4")), log("b", keys("1", "2", "3")), log("z", keys("1", "2"))],
      ["1110", "110", ""],
    ],
    ["two equal logs: the path", [log("b", keys("1", "2")), log("a", keys("1", "2"))], ["11", ""]],
    ["both went on: the path", [log("b", keys("1", "3")), log("a", keys("1", "2"))], ["10", ""]],
    [
      "the older log goes before the one that has nothing else",
      [log("a", keys("1", "2"), START), log("z", keys("1"), START + 1)],
      ["", "1"],
    ],
    [
      "a mark goes before all of that",
      [log("a", [turn("1", { copied: true })]), log("z", keys("1", "2"), START + 1)],
      ["1", ""],
    ],
    [
      "what was written in the background is the copy, though it has nothing else",
      [log("a", [turn("1", { background: true })]), log("z", keys("1", "2"))],
      ["1", ""],
    ],
    [
      "a history that was written anew under other keys is nothing else, either",
      [
        log("a", [message("msg@1#a", { replayKey: LONG }), turn("2")]),
        log("z", [message("msg@1#z", { replayKey: LONG })]),
      ],
      ["10", ""],
    ],
    [
      "the one that names no request may have the last counts",
      [
        log("a", [message("msg@1", { unrequested: true, usage: { ...usage, output: 9 } })]),
        log("z", [message("msg:req")]),
      ],
      ["", "1"],
    ],
    [
      "a record without a request is the one with it, when model and prompt agree",
      [log("a", [message("msg@1", { unrequested: true })]), log("z", [message("msg:req", { at: START + 1 })])],
      ["1", ""],
    ],
    [
      "in another session only an id that was made up for one response says so",
      [
        log("a", [message("msg@1", { unrequested: true })]),
        { ...log("z", [message("msg:req", { at: START + 1 })]), session: 2 },
      ],
      ["", ""],
    ],
    [
      "and such an id does",
      [
        log("a", [message("@1", { unrequested: true, replayKey: "msg_01Xe5vnZJq4b7Q2mLcTfKd9s" })]),
        { ...log("z", [message(":req", { at: START + 1, replayKey: "msg_01Xe5vnZJq4b7Q2mLcTfKd9s" })]), session: 2 },
      ],
      ["1", ""],
    ],
    [
      "another prompt is another response of a gateway that gives all the same id",
      [
        log("a", [message("msg@1", { unrequested: true, usage: { ...usage, input: 101 } })]),
        log("z", [message("msg:req")]),
      ],
      ["", ""],
    ],
    [
      "another model is another response",
      [
        log("a", [message("msg@1", { unrequested: true, model: { ...model, model: "claude-opus-5" } })]),
        log("z", [message("msg:req")]),
      ],
      ["", ""],
    ],
    [
      "two without a request are told apart by their keys alone",
      [
        log("a", [message("msg@1", { unrequested: true })]),
        log("z", [message("msg@2", { unrequested: true, at: START + 1 })]),
      ],
      ["", ""],
    ],
    [
      "one record of which one client kept the reference and another one the id of the request",
      [log("a", [message("msg:req", { copied: true })]), log("z", [message("msg:ref")])],
      ["1", ""],
    ],
    [
      "the same counts at another time are another response",
      [log("a", [message("msg:req")]), log("z", [message("msg:ref", { at: START + 1 })])],
      ["", ""],
    ],
    [
      "a replay loses only to the response that it repeats",
      [
        log("a", [
          message("msg:1", { replay: true }),
          message("msg:2", { replay: true, usage: { ...usage, input: 7 } }),
        ]),
        log("z", [message("msg:3", { at: START + 1 })]),
      ],
      ["40", ""],
    ],
  ];
  for (const [name, logs, lost] of rows) {
    await t.step(name, () => {
      deepStrictEqual(lostOf(logs), lost);
      // The order in which logs are looked at decides nothing.
      deepStrictEqual(lostOf(logs.toReversed()), lost.toReversed());
    });
  }
});

Deno.test("what a log shows of another session is that session's", async (t) => {
  const line = (session: string, id: string, second: number, output: number) => ({
    parentUuid: null,
    isSidechain: false,
    cwd: "/srv/app",
    sessionId: session,
    message: {
      id: `msg_${id}`,
      role: "assistant",
      model: "claude-sonnet-4-6",
      usage: { input_tokens: 100, output_tokens: output },
    },
    requestId: `req_${id}`,
    type: "assistant",
    uuid: `u-${id}`,
    timestamp: at(second),
  });
  const log = (session: string) => `.claude/projects/-srv-app/${session}.jsonl`;
  const [first, second] = [line("one", "1", 1, 1), line("one", "2", 2, 2)];
  const own = { [log("one")]: [first, second] };
  const resumed = { [log("two")]: [first, second, line("two", "3", 3, 3)] };
  const both = { one: { main: [1, 2] }, two: { main: [3] } };
  await t.step("with the log of that session, and without", async (t) => {
    await checkScans(t, { ...own, ...resumed }, both, { [log("one")]: both, [log("two")]: { one: { main: [1, 2] } } });
  });
  await t.step("one that went on: its later turns are its own alone", async (t) => {
    const longer = { [log("one")]: [first, second, line("one", "4", 4, 4)] };
    await checkScans(t, { ...longer, ...resumed }, { one: { main: [1, 2, 4] }, two: { main: [3] } }, {
      [log("one")]: both,
    });
  });
  await t.step("of two sessions that vanished", async (t) => {
    const third = { [log("three")]: [first, line("two", "3", 3, 3), line("three", "5", 5, 5)] };
    await checkScans(t, third, { one: { main: [1] }, two: { main: [3] }, three: { main: [5] } }, {});
  });
  await t.step("a log that has nothing of its own is no session", async (t) => {
    await checkScans(t, { [log("empty")]: [first, second] }, { one: { main: [1, 2] } }, {});
  });
});

Deno.test("pi: what a sub-agent spent counts once, with or without its log", async (t) => {
  const path = piLogPath("", "one");
  const childPath = path.replace(/\.jsonl$/, "/run/run-0/session.jsonl");
  const time = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 10) + seconds * 1000).toISOString();
  // The child's 21 and 22 tokens, 10 of input each, are 43 and 20 in the tool's result.
  const usage = { input: 20, output: 43, cacheRead: 0, cacheWrite: 0, cost: { total: 0.02 } };
  const result = {
    type: "message",
    id: "p2",
    timestamp: time(6),
    message: { role: "toolResult", toolName: "subagent", usage },
  };
  await checkScans(
    t,
    {
      [path]: [
        piHeader("one"),
        piTurn({ id: "p1", at: time(2), output: 11 }),
        result,
        piTurn({ id: "p3", at: time(9), output: 12 }),
      ],
      [childPath]: [
        piHeader("child"),
        piTurn({ id: "c1", at: time(4), output: 21 }),
        piTurn({ id: "c2", at: time(5), output: 22 }),
      ],
    },
    { one: { main: [11, 12] }, child: { main: [21, 22] } },
    {
      [childPath]: { one: { main: [11, 12], tool: [43] } },
      [path]: { child: { main: [21, 22] } },
    },
  );
});

function lostOf(logs: readonly ClaimingLog[]): readonly string[] {
  return resolveOwnership(logs)!.map(({ lost }) => lost);
}
