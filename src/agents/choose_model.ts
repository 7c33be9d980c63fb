/**
 * The model that a launch begins with, for agents that have no choice of their own at the gateway. Pure.
 */
import type { CatalogueModel } from "../core/catalogue_model.ts";
import { AgentError } from "../core/errors.ts";
import type { LaunchRequest } from "./launcher.ts";

/** Models to start with when nobody chose: the first of these that the gateway has, under whichever vendor's prefix. */
const PREFERRED: readonly RegExp[] = [
  /(^|\/)claude-opus-4[-.]7$/,
  /(^|\/)claude-sonnet-4[-.]6$/,
];

/** Undefined where the gateway has no model. */
export function preferredModel(models: readonly CatalogueModel[]): string | undefined {
  const preferred = PREFERRED.map((pattern) => models.find(({ id }) => pattern.test(id)));
  return (preferred.find((model) => model !== undefined) ?? models[0])?.id;
}

/**
 * @param agent what is typed after `launch`
 * @param theirs the agent's own flag that chooses, as it was given; undefined when it was not
 * @throws {AgentError} usage, when a model is chosen on both sides
 */
export function refuseTwoModels({ model }: LaunchRequest, agent: string, theirs: string | undefined): void {
  if (model === undefined || theirs === undefined) return;
  throw new AgentError("usage", `--model ${model} before "${agent}" and ${theirs} after it contradict each other.`, {
    hint: "Give one of them.",
  });
}
