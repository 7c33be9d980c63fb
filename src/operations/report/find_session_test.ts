import { match, ok, strictEqual } from "node:assert/strict";
import { AgentError } from "../../core/errors.ts";
import { NO_USAGE } from "../../core/model.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";
import type { OperationContext } from "../contract/context.ts";
import { findSession } from "./find_session.ts";
import { makeMachine } from "../../host/environment.ts";

let rows = 0;

function sessionOf(sessionId: string, facts: Partial<IndexedSession> = {}): IndexedSession {
  const file = facts.file ?? `/logs/${sessionId}.jsonl`;
  return {
    id: ++rows,
    source: "pi",
    sessionId,
    file,
    files: [file],
    turns: 0,
    models: [],
    usage: NO_USAGE,
    cost: { usd: 0, basis: "none", unpricedTurns: 0 },
    subagents: 0,
    chains: [],
    cacheBasis: { resume: {} },
    cache: { state: "cold", strategy: "unknown", tokens: 0 },
    ...facts,
  };
}

const OLD = sessionOf("aaaa-1", { lastActivityAt: 1000, cwd: "/srv/app" });
const NEW = sessionOf("aaaa-2", {
  lastActivityAt: 3000,
  cwd: "/srv/web",
  files: ["/logs/aaaa-2.jsonl", "/logs/sub.jsonl"],
});
/** Whose first turns lie in another's log as well. */
const FORKED = sessionOf("dddd", { files: ["/logs/dddd.jsonl", "/logs/fork.jsonl"] });
const FORK = sessionOf("fork");
const WHOLE = sessionOf("bbbb", { lastActivityAt: 2000, cwd: "/srv/app" });
const LONGER = sessionOf("bbbb-and-more", { startedAt: 500 });
const TWINS = ["x", "y"].map((name) => sessionOf("twin", { file: `/logs/${name}/twin.jsonl` }));
const OTHER = sessionOf("eeee-1", { source: "claude", lastActivityAt: 10 });
const ALL = [OTHER, OLD, NEW, FORKED, FORK, WHOLE, LONGER, ...TWINS];

const context = (changes: Partial<OperationContext> = {}): OperationContext => ({
  now: 5000,
  timezone: "UTC",
  home: "/h",
  cwd: "/srv/app",
  stateDirectory: "/h/.opper/agent",
  account: {
    machine: makeMachine({ home: "/h" }),
    opperHome: "/h/.opper",
    readSecret: () => Promise.reject(new Error("not asked for")),
    fetch: () => Promise.reject(new Error("not asked for")),
  },
  resolvePath: (path) => path.startsWith("/link/") ? [path, `/logs/${path.slice(6)}`] : [path],
  openIndex: () => Promise.reject(new Error("not asked for")),
  ...changes,
});

Deno.test("finds", async (t) => {
  const found: [name: string, wanted: string, session: IndexedSession, changes?: Partial<OperationContext>][] = [
    ["a whole id", "aaaa-1", OLD],
    ["a whole id that is the start of another", "bbbb", WHOLE],
    ["the start of one id", "bbbb-", LONGER],
    ["a log file", "/logs/aaaa-1.jsonl", OLD],
    ["the log of a sub-agent", "/logs/sub.jsonl", NEW],
    ["a log file through a link", "/link/aaaa-1.jsonl", OLD],
    ["one of two with the same id, by its file", "/logs/y/twin.jsonl", TWINS[1]!],
    ["a whole id in another case", "AAAA-1", OLD],
    ["an id behind its source", "pi/aaaa-1", OLD],
    ["the start of an id behind its source", "claude/eeee", OTHER],
    ["the latest of a source", "claude/latest", OTHER],
    ["the latest", "latest", NEW],
    ["the current one, by file", "current", OLD, { currentSession: { file: "/link/aaaa-1.jsonl" } }],
    ["the current one, by id", "current", LONGER, { currentSession: { id: "bbbb-and-more" } }],
    ["the current one's file before its id", "current", TWINS[1]!, {
      currentSession: { id: "twin", file: "/logs/y/twin.jsonl" },
    }],
    ["outside of a session, the latest of the directory", "current", WHOLE],
    ["for an agent too, when no other of the directory was at work", "current", WHOLE, {
      isAgent: true,
      now: 1000 + 10 * 60_000,
    }],
    ["the log of a fork, which shows turns of another", "/logs/fork.jsonl", FORK],
  ];
  for (const [name, wanted, session, changes] of found) {
    await t.step(name, () => strictEqual(findSession(ALL, wanted, context(changes)), session));
  }
});

Deno.test("finds none, and says what was expected", async (t) => {
  const wrong: [
    name: string,
    wanted: string,
    message: RegExp,
    hint: RegExp,
    changes?: Partial<OperationContext>,
  ][] = [
    [
      "no such id",
      "cccc",
      /^No session "cccc": expected an id, the start of one, a log file, .*\.$/,
      /sessions` lists/,
    ],
    ["an id that two have, in another case", "TWIN", /^No session "TWIN": /, /sessions` lists/],
    ["the start of an id in another case", "AAAA", /^No session "AAAA": /, /sessions` lists/],
    ["an id of another source", "claude/aaaa-1", /^No session "aaaa-1": /, /sessions` lists/],
    ["an id of no source", "vim/aaaa-1", /^No session "vim\/aaaa-1": /, /sessions` lists/],
    ["nothing", "", /^Expected an id, .*, not ""\.$/, /sessions` lists/],
    [
      "the start of several, the latest first",
      "aaaa",
      /^"aaaa" is the start of 2 session ids; expected one:\n {2}aaaa-2 {2}pi {2}\/srv\/web\n {2}aaaa-1 {2}pi {2}\/srv\/app$/,
      /Type more of the id/,
    ],
    [
      "an id that two have",
      "twin",
      /:\n {2}twin {2}pi {2}\/logs\/x\/twin\.jsonl\n {2}twin {2}pi {2}\/logs\/y\/twin\.jsonl$/,
      /log file instead/,
    ],
    ["a current one without a log", "current", /^The current session, "zz", has no log yet/, /first answer/, {
      currentSession: { id: "zz" },
    }],
    [
      "for an agent, one of several that were at work",
      "current",
      /^The current session is not known: 2 sessions were at work in "\/srv\/app" in the last 10 minutes:\n {2}bbbb {2}pi {2}\/srv\/app\n {2}aaaa-1 {2}/,
      /id of your own/,
      { isAgent: true },
    ],
    ["no session of the directory", "current", /none was started in "\/elsewhere"/, /other directories/, {
      cwd: "/elsewhere",
    }],
  ];
  for (const [name, wanted, message, hint, changes] of wrong) {
    await t.step(name, () => {
      const error = failureOf(ALL, wanted, context(changes));
      match(error.message, message);
      match(error.hint!, hint);
    });
  }
  await t.step("of many, ten are listed", () => {
    const many = Array.from({ length: 25 }, (_, index) => sessionOf(`many-${index}`));
    const { message } = failureOf(many, "many", context());
    strictEqual(message.split("\n").length, 12);
    match(message, /\n {2}and 15 more$/);
  });
  for (const wanted of ["latest", "current", "cccc", ""]) {
    await t.step(`without any log, "${wanted}" says where logs were searched`, () => {
      const error = failureOf([], wanted, context(), "There are no logs in ~/.pi.");
      strictEqual(error.hint, "There are no logs in ~/.pi.");
    });
  }
});

function failureOf(
  all: readonly IndexedSession[],
  wanted: string,
  context: OperationContext,
  whereLooked?: string,
): AgentError {
  try {
    findSession(all, wanted, context, whereLooked);
  } catch (error) {
    ok(error instanceof AgentError, String(error));
    strictEqual(error.code, "usage");
    return error;
  }
  throw new Error("Expected a failure");
}
