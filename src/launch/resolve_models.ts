/** The models that a launch offers, with the one that was asked for among them. */
import { AgentError } from "../core/errors.ts";
import type { CatalogueModel } from "../core/catalogue_model.ts";
import type { LaunchOptions } from "../agents/launcher.ts";
import type { LaunchServices } from "./services.ts";

/** @throws {AgentError} launch_failed, for a model that the gateway does not have */
export async function resolveModels(
  { model, dryRun }: LaunchOptions,
  host: string,
  apiKey: string,
  services: LaunchServices,
): Promise<readonly CatalogueModel[]> {
  const { models, isComplete } = await services.loadModels(host, apiKey, !dryRun);
  if (model === undefined || models.some(({ id }) => id === model)) return models;
  if (!isComplete) return [...models, unlistedModel(model)];
  const near = models.map(({ id }) => id).filter((id) => id.includes(model) || model.includes(id)).slice(0, 5);
  throw new AgentError("launch_failed", `${host} has no model "${model}" that can be used here.`, {
    hint: near.length > 0
      ? `Did you mean ${near.join(", ")}?`
      : `It has ${models.slice(0, 8).map(({ id }) => id).join(", ")}.`,
  });
}

/** A model that somebody asked for while the catalogue could not be had. Limits: what agents assume by default. */
function unlistedModel(id: string): CatalogueModel {
  return { id, contextWindow: 128_000, maxOutputTokens: 16_384, vision: false, reasoning: [], price: {} };
}
