/** Which rows leave, by flags, config.json and what the machine says of its user. */
import { AgentError } from "../../core/errors.ts";
import { gitValue } from "../../core/git_config.ts";
import { expandHome } from "../../core/said_place.ts";
import { HASHABLE, REMOVABLE } from "./hide_names.ts";
import type { OperationContext } from "../contract/context.ts";
import { expectationOf } from "../contract/expectation.ts";
import { readClock } from "../report/clock_input.ts";
import { parseTime } from "../report/parse_time.ts";
import type { RowRequest } from "./export_rows.ts";
import { PROJECT_FORMS } from "./name_exported_project.ts";

/** As typed, and undefined where nothing was. */
export interface RowFlags {
  readonly since?: string;
  readonly person?: string;
  readonly host?: string;
  /** Of {@linkcode HASHABLE}, with commas between. */
  readonly hash?: string;
  readonly keyFile?: string;
  /** Of {@linkcode REMOVABLE}. */
  readonly without?: string;
  readonly projects?: string;
}

/** A shorter one is guessed at. */
const LEAST_KEY_LENGTH = 16;

/**
 * @param machineName What the system calls the machine
 * @throws {AgentError} usage, for a wrong value; failed, without a person, or a key that can be used
 */
export function readRowRequest(flags: RowFlags, machineName: string, context: OperationContext): RowRequest {
  const { account: { machine }, exportDefaults = {} } = context;
  const said = (name: keyof RowFlags) => flags[name] ?? exportDefaults[name];
  const hash = readNames("hash", said("hash"), HASHABLE);
  const without = readNames("without", said("without"), REMOVABLE);
  const keyFile = said("keyFile");
  return {
    names: {
      person: said("person") ?? findPerson(context),
      // Without the network's name, which is another one at home.
      host: said("host") ?? machineName.split(".")[0]!,
      hash,
      without,
      ...(hash.length === 0 ? {} : { teamKey: readTeamKey(keyFile, machine) }),
    },
    projects: readOne("projects", said("projects"), PROJECT_FORMS) ?? "repository",
    ...(flags.since === undefined ? {} : { since: parseTime(flags.since, readClock({}, context)) }),
  };
}

/** @throws {AgentError} usage */
export function readOne<T extends string>(
  flag: string,
  text: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new AgentError("usage", `Expected ${expectationOf({ kind: "text", choices })} for --${flag}, not "${text}".`);
}

function readNames<T extends string>(flag: string, text: string | undefined, choices: readonly T[]): readonly T[] {
  const names = (text ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
  return [...new Set(names.map((name) => readOne(flag, name, choices)!))].sort();
}

function readTeamKey(said: string | undefined, { home, join, cwd, readNamedFile }: MachineFiles): string {
  if (said === undefined) {
    throw new AgentError("usage", "--hash needs a key: without one, a hash of a name can be guessed.", {
      hint: "Give --key-file FILE, with the same secret on all machines of the team.",
    });
  }
  const path = expandHome(said, home);
  const isWhole = /^([/\\]|[A-Za-z]:[/\\])/.test(path);
  const text = readNamedFile(isWhole ? path : join(cwd, path), 1 << 16)?.trim();
  if (text === undefined) {
    throw new AgentError("failed", `The key file "${path}" cannot be read.`, { hint: "Nothing was exported." });
  }
  if (text.length >= LEAST_KEY_LENGTH) return text;
  throw new AgentError("failed", `The key in "${path}" has ${text.length} characters: expected at least 16.`, {
    hint: "For example: openssl rand -hex 32 > team.key",
  });
}

type MachineFiles = OperationContext["account"]["machine"];

/** As git would sign, else as the system knows the user. */
function findPerson({ account: { machine } }: OperationContext): string {
  const { home, env, join, readTextFile } = machine;
  const places = [join(home, ".gitconfig"), join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "git", "config")];
  for (const place of places) {
    const email = gitValue(readTextFile(place, 1 << 20) ?? "", "user", "email");
    if (email !== undefined) return email;
  }
  const user = env["USER"] || env["LOGNAME"] || env["USERNAME"];
  if (user) return user;
  throw new AgentError("failed", "Whose turns these are is not known: neither git nor the system names a user.", {
    hint: "Say --person NAME, or for always `opper-agent config set export.person NAME`.",
  });
}
