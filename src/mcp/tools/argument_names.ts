/**
 * Which argument a member that a client sent is meant to be. Models write names in the spelling that they are used to, or
 * take the one that an answer has; some clients put members of their own beside the arguments.
 *
 * What no argument can be is left for an error, as it may be a filter: an answer to a question without it would be taken for
 * the one that was asked. Ignored is what says nothing, and {@linkcode ABOUT_THE_CALL}: no filter is called so.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { JsonObject } from "./tool_definition.ts";

/**
 * Members about the call itself, by {@linkcode spellingKey}. Gemini CLI adds `wait_for_previous` to every tool that it shows,
 * and sends it on (0.61.0, run 2026-11-27). The tools of Antigravity have `waitForPreviousTools`, those of Cline
 * `task_progress`, those of Cursor `explanation`, and `random_string` where they have no other: models that know these write
 * them into other tools as well (read in public prompts and servers, 2026-11-27). `_meta` is the protocol's, and stands beside
 * the arguments; some put it among them. The rest is how models say why they call.
 */
const ABOUT_THE_CALL: ReadonlySet<string> = new Set([
  "meta",
  "waitforprevious",
  "waitforprevioustools",
  "taskprogress",
  "explanation",
  "randomstring",
  "dummy",
  "reason",
  "reasoning",
  "rationale",
  "thought",
  "thoughts",
]);

/** What our own answers call what an argument takes. */
const IN_ANSWERS: Readonly<Record<string, string>> = {
  sessionid: "session",
  shortid: "session",
  nextcursor: "cursor",
};

/** What holds all arguments, where it is all that was sent. */
const WRAPPERS: ReadonlySet<string> = new Set(["arguments", "args", "params", "parameters", "input", "kwargs"]);

/** What was sent, by the arguments that it is meant to be. */
export interface NamedArguments {
  /** By names of the schema. */
  readonly args: JsonObject;
  /** A member that is none of the arguments. */
  readonly unknown?: string;
  /** The argument that {@linkcode unknown} is another spelling of, which was given as well. */
  readonly twice?: string;
}

/** @param properties of the schema; none of them is called as a wrapper is */
export function nameArguments(properties: JsonObject, sent: JsonObject): NamedArguments {
  const byKey = new Map(Object.keys(properties).map((name) => [spellingKey(name), name]));
  const args = unwrapped(sent);
  const named = new Map(Object.entries(args).filter(([name]) => Object.hasOwn(properties, name)));
  for (const [name, value] of Object.entries(args)) {
    // Nothing is asked for by nothing, whatever it is called.
    if (Object.hasOwn(properties, name) || value === null || (typeof value === "string" && value.trim() === "")) {
      continue;
    }
    const key = spellingKey(name);
    const meant = byKey.get(key) ?? (Object.hasOwn(IN_ANSWERS, key) ? byKey.get(IN_ANSWERS[key]!) : undefined);
    if (meant === undefined && ABOUT_THE_CALL.has(key)) continue;
    if (meant === undefined) return { args: {}, unknown: name };
    if (named.has(meant)) return { args: {}, unknown: name, twice: meant };
    named.set(meant, value);
  }
  return { args: Object.fromEntries(named) };
}

/** The same for `as_of`, `asOf`, `as-of`, `AS_OF` and `As of`. */
export function spellingKey(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

/** Once: nobody wraps what is wrapped. */
function unwrapped(args: JsonObject): JsonObject {
  const [only, ...others] = Object.entries(args);
  if (only === undefined || others.length > 0 || !WRAPPERS.has(only[0])) return args;
  return isRecord(only[1]) ? only[1] : args;
}
