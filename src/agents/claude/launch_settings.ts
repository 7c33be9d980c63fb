/**
 * The settings of a launch, for `--settings`: the only place that beats what the user's own settings say of the gateway
 * (2.1.332, run 2026-11-26: `env` of any `settings.json` beats the environment of the process, `--settings` beats both,
 * and of several only the last counts). So what the user gives there is taken along.
 */
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";
import { userSettingsPaths } from "./places.ts";

type Variables = Readonly<Record<string, string>>;

/** What the user typed, with and without their `--settings`. */
export interface GivenSettings {
  readonly argv: readonly string[];
  /** Of the last one. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** @throws {AgentError} usage, for settings that cannot be read: Claude Code would go on without them */
export function takeSettings(argv: readonly string[], machine: Machine): GivenSettings {
  const rest: string[] = [];
  let said: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index]!;
    if (argument === "--") {
      rest.push(...argv.slice(index));
      break;
    }
    const [, inline] = /^--settings=([^]*)$/.exec(argument) ?? [];
    if (inline !== undefined) said = inline;
    else if (argument === "--settings" && index + 1 < argv.length) said = argv[++index]!;
    else rest.push(argument);
  }
  return { argv: rest, settings: said === undefined ? {} : readGiven(said, machine) };
}

function readGiven(said: string, machine: Machine): GivenSettings["settings"] {
  const isText = said.trimStart().startsWith("{");
  const path = machine.resolve(said) ?? said;
  const settings = readObject(isText ? said : machine.readNamedFile(path));
  if (settings !== undefined) return settings;
  throw new AgentError(
    "usage",
    isText ? "The JSON after --settings does not parse." : `The settings in "${path}" cannot be read as JSON.`,
    { hint: "Correct them, or leave --settings out." },
  );
}

/**
 * What the settings of a launch are.
 *
 * @param env what has to hold
 * @param token used only where the user's settings name another
 */
export function launchSettings(
  given: GivenSettings["settings"],
  env: Variables,
  token: string,
  machine: Machine,
): Readonly<Record<string, unknown>> {
  const theirs = [...readUserSettings(machine), given].map(({ env }) => isObject(env) ? env : {});
  const names = (name: string) => theirs.some((variables) => name in variables);
  return {
    ...given,
    env: {
      ...(isObject(given["env"]) ? given["env"] : {}),
      ...Object.fromEntries(OTHER_WAYS.filter((name) => names(name)).map((name) => [name, ""])),
      ...(names("ANTHROPIC_AUTH_TOKEN") ? { ANTHROPIC_AUTH_TOKEN: token } : {}),
      ...withoutProxy(theirs),
      ...env,
    },
  };
}

/** Variables with which it would ask somebody else than the address that it is given. */
export const OTHER_WAYS = [
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_CODE_USE_FOUNDRY",
  "CLAUDE_CODE_USE_MANTLE",
  "ANTHROPIC_UNIX_SOCKET",
] as const;

/** The engine says so in the environment, which the user's settings beat. */
function withoutProxy(theirs: readonly Readonly<Record<string, unknown>>[]): Variables {
  return Object.fromEntries(
    ["NO_PROXY", "no_proxy"].flatMap((name) => {
      const said = theirs.map((variables) => variables[name]).findLast((value) => typeof value === "string");
      return said === undefined ? [] : [[name, `${said},127.0.0.1,localhost`]];
    }),
  );
}

/** Those of the user and of the project, the weakest first. What cannot be read says nothing. */
function readUserSettings(machine: Machine): readonly Readonly<Record<string, unknown>>[] {
  const project = [["settings.json"], ["settings.local.json"]].map((name) =>
    machine.join(machine.cwd, ".claude", ...name)
  );
  return [...userSettingsPaths(machine), ...project].map((path) => readObject(machine.readTextFile(path)) ?? {});
}

function readObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
