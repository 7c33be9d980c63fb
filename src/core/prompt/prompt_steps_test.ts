import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { NO_USAGE, type Turn } from "../model.ts";
import type { PromptEntry, PromptItem, ShownEntry } from "./prompt_entry.ts";
import { type PromptOrder, stepsOf } from "./prompt_steps.ts";

const user: PromptItem = { kind: "user", length: 1 };
const words: PromptItem = { kind: "assistant", length: 2 };
const call = (callId: string, tool = "bash"): PromptItem => ({ kind: "assistant", length: 3, callId, tool });
const result = (callId: string): PromptItem => ({ kind: "tool_result", length: 4, callId });

/** @param turns Keys; the number in one is its time */
const entry = (items: readonly PromptItem[], turns: string[] = [], more: Partial<PromptEntry> = {}): ShownEntry => ({
  entry: { items, ...more },
  turns,
});
/** One of a tree. */
const node = (id: string, parent: string | null, items: readonly PromptItem[], turns: string[] = []): ShownEntry =>
  entry(items, turns, { id, parent });

const turnOf = (key: string, more: Partial<Turn> = {}): [string, Turn] => [key, {
  key,
  at: Number(/\d+/.exec(key)?.[0]),
  model: { provider: "p", model: "m" },
  usage: { ...NO_USAGE, input: 10 },
  chain: "main",
  ...more,
}];

interface Row {
  readonly shown: readonly ShownEntry[];
  readonly order?: PromptOrder;
  readonly until?: number;
  readonly isOwn?: (turn: Turn) => boolean;
  readonly turns?: readonly [string, Turn][];
  /** `key: what was added / what was said`. */
  readonly steps: readonly string[];
}

const describe = (items: readonly PromptItem[]) =>
  items.map(({ kind, tool, callId }) => kind + (tool === undefined ? "" : ` ${tool}`) + (callId ? ` ${callId}` : ""))
    .join(", ");

const ROWS: Readonly<Record<string, Row>> = {
  "a record with usage and words": {
    shown: [entry([user]), entry([call("a")], ["t1"]), entry([result("a")]), entry([words], ["t2"])],
    steps: ["t1: user / assistant bash a", "t2: tool_result bash a / assistant"],
  },
  "a response on several lines, and a result between them": {
    shown: [
      entry([user]),
      entry([call("a")], ["t1"]),
      entry([result("a")]),
      entry([call("b", "read")], ["t1"]),
      entry([result("b")]),
      entry([words], ["t2"]),
    ],
    steps: [
      "t1: user / assistant bash a, assistant read b",
      "t2: tool_result bash a, tool_result read b / assistant",
    ],
  },
  "usage behind what was said": {
    shown: [
      entry([user]),
      entry([call("a")]),
      entry([], ["t1"]),
      entry([result("a")]),
      entry([words]),
      entry([], ["t2"]),
    ],
    steps: ["t1: user / assistant bash a", "t2: tool_result bash a / assistant"],
  },
  "usage behind what the tools answered": {
    shown: [
      entry([user]),
      entry([call("a")]),
      entry([result("a")]),
      entry([], ["t1"]),
      entry([words]),
      entry([], ["t2"]),
    ],
    steps: ["t1: user / assistant bash a", "t2: tool_result bash a / assistant"],
  },
  "usage before what was said": {
    shown: [
      entry([user]),
      entry([], ["t1"]),
      entry([call("a")]),
      entry([result("a")]),
      entry([], ["t2"]),
      entry([words]),
    ],
    order: { hasUsageFirst: true },
    // What the last one said is in no prompt yet.
    steps: ["t1: user / assistant bash a", "t2: tool_result bash a / "],
  },
  "usage first, in the record with the words": {
    shown: [entry([user]), entry([call("a")], ["t1"]), entry([result("a")]), entry([words], ["t2"])],
    order: { hasUsageFirst: true },
    steps: ["t1: user / assistant bash a", "t2: tool_result bash a / assistant"],
  },
  "a response that was broken off": {
    shown: [entry([user]), entry([words]), entry([user]), entry([words], ["t1"])],
    steps: ["t1: user, assistant, user / assistant"],
  },
  "a result that stands there twice counts once, and an id that comes again twice": {
    shown: [
      entry([call("a"), result("a")], ["t1"]),
      entry([result("a")]),
      entry([call("a", "read")], ["t2"]),
      entry([result("a")]),
      entry([words], ["t3"]),
    ],
    steps: [
      "t1:  / assistant bash a",
      "t2: tool_result bash a / assistant read a",
      "t3: tool_result read a / assistant",
    ],
  },
  "other chains, sums and responses without a prompt are none": {
    shown: [entry([user]), entry([], ["t1"]), entry([], ["t2"]), entry([], ["t3"]), entry([words], ["t4"])],
    turns: [
      turnOf("t1", { chain: "agent" }),
      turnOf("t2", { total: {} }),
      turnOf("t3", { usage: { ...NO_USAGE, output: 5 } }),
      turnOf("t4"),
    ],
    steps: ["t4: user / assistant"],
  },
  "what was complete later is left out": {
    shown: [entry([user]), entry([words], ["t1"]), entry([user]), entry([words], ["t5"])],
    until: 4,
    steps: ["t1: user / assistant"],
  },
  "what another session said behind it is left out, and what it said before is not": {
    shown: [entry([words], ["t1"]), entry([user]), entry([words], ["t2"]), entry([user]), entry([words], ["t3"])],
    isOwn: ({ key }) => key === "t2",
    steps: ["t1:  / assistant", "t2: user / assistant"],
  },
  "nothing is the session's": {
    shown: [entry([words], ["t1"])],
    isOwn: () => false,
    steps: [],
  },
  "a turn of an aside is none": {
    shown: [entry([user]), entry([words], ["t1"]), entry([], ["t2"], { isAside: true })],
    steps: ["t1: user / assistant"],
  },
  "earlier requests of one record": {
    shown: [
      entry([user]),
      entry([{ ...call("a"), isEarlier: true }, { ...result("a"), isEarlier: true }, words], ["t1"]),
    ],
    steps: ["t1: user, assistant bash a, tool_result bash a / assistant"],
  },
  "what was taken back": {
    shown: [
      entry([user], [], { id: "1" }),
      entry([words], ["t1"], { id: "2" }),
      entry([user], [], { id: "3" }),
      entry([words], ["t2"], { id: "4" }),
      entry([], [], { rewindTo: "3" }),
      entry([user], [], { id: "5" }),
      entry([words], ["t3"], { id: "6" }),
    ],
    steps: ["t1: user / assistant", "t3: user / assistant"],
  },
  "what is written again takes its place": {
    shown: [
      entry([user]),
      entry([words], ["t1"], { id: "1" }),
      entry([user], [], { id: "2" }),
      entry([words, call("a")], ["t1"], { id: "1" }),
      entry([words], ["t2"]),
    ],
    steps: ["t1: user / assistant, assistant bash a", "t2: user / assistant"],
  },
  "a branch that was left": {
    shown: [
      node("1", null, [user]),
      node("2", "1", [words], ["t1"]),
      node("3", "2", [user]),
      node("4", "3", [words], ["t2"]),
      node("5", "2", [user, user]),
      node("6", "5", [words], ["t3"]),
    ],
    steps: ["t1: user / assistant", "t3: user, user / assistant"],
  },
  "results of calls that were made at once are on branches": {
    shown: [
      node("1", null, [user]),
      node("2", "1", [call("a")], ["t1"]),
      node("3", "2", [call("b", "read")], ["t1"]),
      node("4", "2", [result("a")]),
      node("5", "3", [result("b")]),
      node("6", "5", [words], ["t2"]),
    ],
    steps: [
      "t1: user / assistant bash a, assistant read b",
      "t2: tool_result bash a, tool_result read b / assistant",
    ],
  },
  "a block of a response that nothing goes on from": {
    shown: [
      node("1", null, [user]),
      node("2", "1", [call("a")], ["t1"]),
      node("3", "2", [call("b", "read")], ["t1"]),
      node("4", "2", [result("a")]),
      node("5", "3", [result("b")]),
      node("6", "4", [words], ["t2"]),
    ],
    steps: [
      "t1: user / assistant bash a, assistant read b",
      "t2: tool_result bash a, tool_result read b / assistant",
    ],
  },
  "a parent that is not there": {
    shown: [node("1", null, [user]), node("3", "2", [user]), node("4", "3", [words], ["t1"])],
    steps: ["t1: user / assistant"],
  },
  "a circle ends": {
    shown: [node("1", "2", [user]), node("2", "1", [words], ["t1"])],
    steps: ["t1: user / assistant"],
  },
  "compactions that turns say": {
    shown: [entry([words], ["t1"]), entry([words], ["t2"])],
    turns: [turnOf("t1"), turnOf("t2", { afterCompaction: true })],
    steps: ["t1:  / assistant", "t2 compacted:  / assistant"],
  },
  "compactions that entries say": {
    shown: [
      entry([words], ["t1"]),
      entry([], [], { compacts: true }),
      entry([words], ["t2"]),
      entry([words], ["t3"]),
    ],
    turns: [turnOf("t1"), turnOf("t2", { afterCompaction: true }), turnOf("t3", { afterCompaction: true })],
    order: { namesCompactions: true },
    steps: ["t1:  / assistant", "t2 compacted:  / assistant", "t3:  / assistant"],
  },
};

Deno.test("stepsOf()", async (t) => {
  for (const [name, { shown, order, until, isOwn, turns, steps }] of Object.entries(ROWS)) {
    await t.step(name, () => {
      const known = new Map(turns ?? shown.flatMap(({ turns }) => turns).map((key) => turnOf(key)));
      deepStrictEqual(
        stepsOf(shown, known, { until, isOwn }, order).steps.map(({ turn, added, said, isCompacted }) =>
          `${turn.key}${isCompacted ? " compacted" : ""}: ${describe(added)} / ${describe(said)}`
        ),
        steps,
      );
    });
  }
  await t.step("the latest window that is said", () => {
    const shown = [entry([], [], { window: 5 }), entry([], ["t1"], { window: 7 }), entry([], [], { window: 9 })];
    strictEqual(stepsOf(shown, new Map([turnOf("t1")])).window, 7);
  });
});
