/**
 * Which key OpenRouter is asked with: the person's own variable, else the first that an agent has for it. Pure: variables and
 * agents' keys come from the caller. No key is part of any error, and none is kept.
 */
import { AgentError } from "../../core/errors.ts";
import { withoutUnseen, withoutWrapping } from "../../core/said_place.ts";

const OPENROUTER_KEY_VARIABLE = "OPENROUTER_API_KEY";
/** Of a key that may ask for all of an account, and can make and delete keys: far more than it is needed for. */
const OPENROUTER_MANAGEMENT_VARIABLE = "OPENROUTER_MANAGEMENT_KEY";

/** A key, and where it came from. */
export interface OpenRouterKey {
  readonly apiKey: string;
  /** For people: `OPENROUTER_API_KEY`, `Pi's auth.json`. */
  readonly origin: string;
}

/** A key that an agent has, or why it cannot be had. */
export interface OfferedKey {
  readonly origin: string;
  readonly key?: string;
  readonly problem?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const HOW_TO_SET = `Set ${OPENROUTER_KEY_VARIABLE}.`;

/**
 * @param offered By agents, those that are asked for first in front
 * @param whereLooked What agents may have one in, for people: `Pi's auth.json`
 * @throws {AgentError} failed, when there is none, or only one that cannot be used
 */
export function chooseOpenRouterKey(
  env: Environment,
  offered: readonly OfferedKey[],
  whereLooked: readonly string[],
): OpenRouterKey {
  const own = readVariable(env, OPENROUTER_KEY_VARIABLE);
  if (own !== undefined) return own;
  const usable = offered.find(({ key }) => key !== undefined);
  if (usable !== undefined) return checkKey(usable.key!, usable.origin);
  const problem = offered.find(({ problem }) => problem !== undefined)?.problem;
  if (problem !== undefined) throw new AgentError("failed", problem, { hint: HOW_TO_SET });
  throw new AgentError("failed", "No key for OpenRouter was found, and nothing was sent.", {
    hint: `${HOW_TO_SET} Else a key is looked for in ${whereLooked.join(" and ")}.`,
  });
}

/** @throws {AgentError} failed, when what the variable holds can be no key */
export function managementKey(env: Environment): OpenRouterKey | undefined {
  return readVariable(env, OPENROUTER_MANAGEMENT_VARIABLE);
}

/** An empty one counts as not set. */
function readVariable(env: Environment, name: string): OpenRouterKey | undefined {
  const said = env[name];
  return said === undefined || said.trim() === "" ? undefined : checkKey(said, name);
}

/** Refuses what would break out of a header, or not fit into one. */
function checkKey(said: string, origin: string): OpenRouterKey {
  const apiKey = withoutWrapping(withoutUnseen(said));
  if (apiKey.length > 0 && apiKey.length <= 4096 && /^[\x21-\x7e]+$/.test(apiKey)) return { apiKey, origin };
  throw new AgentError("failed", `What ${origin} holds is no key for OpenRouter, and nothing was sent.`, {
    hint: "Copy the key again from https://openrouter.ai/settings/keys.",
  });
}
