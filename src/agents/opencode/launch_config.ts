/** What OpenCode is told by `OPENCODE_CONFIG_CONTENT`: settings that are merged over those of all files (1.18.33). */
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";
import { hasJsonServer } from "../formats/json_servers.ts";
import { parseLenientJson } from "../formats/lenient_json.ts";
import { SERVER_NAME } from "../formats/server_command.ts";
import type { LaunchRequest } from "../launcher.ts";
import { settingsFiles, settingsPath } from "./places.ts";

/** Id of the provider in OpenCode, which knows it by its bundled list. */
export const PROVIDER = "opper";

const CONTENT_VARIABLE = "OPENCODE_CONFIG_CONTENT";

/** For titles. One that is not set makes OpenCode take whichever it thinks best, of whichever provider. */
const SMALL_MODELS: readonly RegExp[] = [
  /(^|\/)claude-haiku-4[-.]5$/,
  /(^|\/)gpt-5[-.]4-(mini|nano)$/,
  /(^|\/)gemini-3[-.]\d+-flash-lite$/,
];

type Settings = { readonly [key: string]: unknown };

/** A variable holds no more: 32,767 characters on Windows, 128 KiB on Linux. */
const MOST_CHARACTERS = { windows: 30_000, darwin: 120_000, linux: 120_000 } as const;

/**
 * Theirs, and ours over it.
 *
 * @param model the gateway's id of it; undefined when it has none
 * @throws {AgentError} usage, when the user's own variable holds no settings
 */
export function launchConfig(request: LaunchRequest, model: string | undefined, machine: Machine): string {
  const { models } = request;
  const small = SMALL_MODELS.map((pattern) => models.find(({ id }) => pattern.test(id))?.id).find(Boolean) ?? model;
  const theirs = readContent(machine);
  const ours = {
    // A session that began with another provider, and an agent that has a model of its own, would ask past the gateway.
    ...(Array.isArray(theirs["enabled_providers"]) ? {} : { enabled_providers: [PROVIDER] }),
    ...(model === undefined ? {} : { model: `${PROVIDER}/${model}` }),
    ...(small === undefined ? {} : { small_model: `${PROVIDER}/${small}` }),
    ...serverOf(request, machine),
  };
  const textWith = (declared: readonly CatalogueModel[]) =>
    JSON.stringify(merge(theirs, { ...ours, provider: { [PROVIDER]: providerSettings(request, declared, model) } }));
  const text = textWith(models);
  if (text.length <= MOST_CHARACTERS[machine.os]) return text;
  return textWith(models.filter(({ id }) => id === model || id === small));
}

function providerSettings(
  { sessionUrl, apiKey, headers }: LaunchRequest,
  models: readonly CatalogueModel[],
  model?: string,
) {
  const isUnlisted = model !== undefined && !models.some(({ id }) => id === model);
  return {
    name: "Opper",
    npm: "@ai-sdk/openai-compatible",
    options: {
      baseURL: sessionUrl,
      // One that was stored with `opencode auth login` would be taken before the variable. As it is: not every version reads `{env:…}`.
      apiKey,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    },
    models: {
      ...Object.fromEntries(models.map((model) => [model.id, opencodeModel(model)])),
      // Asked for by a name that the list does not have: the gateway says what it makes of it.
      ...(isUnlisted ? { [model]: {} } : {}),
    },
  };
}

/** The model of the user's own settings, or of the project's: the last one that is set. */
export function readConfiguredModel(machine: Machine): string | undefined {
  const models = settingsFiles(machine)
    .map((path) => objectOf(parseLenientJson(machine.readTextFile(path) ?? ""))["model"])
    .filter((model) => typeof model === "string");
  return models.at(-1);
}

/**
 * All that the gateway says of a model, since the bundled list does not know each one: what stands here beats that list, and
 * what is missing is taken from it. US dollars per million tokens.
 */
function opencodeModel({ name, contextWindow, maxOutputTokens, vision, reasoning, price }: CatalogueModel) {
  const { input, output, cacheRead, cacheWrite } = price;
  return {
    ...(name === undefined ? {} : { name }),
    limit: { context: contextWindow, output: maxOutputTokens },
    reasoning: reasoning.some((level) => level !== "none"),
    ...(vision ? { attachment: true, modalities: { input: ["text", "image"], output: ["text"] } } : {}),
    ...(input === undefined || output === undefined ? {} : {
      cost: {
        input,
        output,
        ...(cacheRead === undefined ? {} : { cache_read: cacheRead }),
        ...(cacheWrite === undefined ? {} : { cache_write: cacheWrite }),
      },
    }),
  };
}

/** Our own tools; a server of ours that the user has installed stays as it is, unless our tools are to be left out. */
function serverOf({ mcpServer }: LaunchRequest, machine: Machine): Settings {
  if (mcpServer === undefined) {
    // In full, since OpenCode drops one without a command where the settings have none of that name.
    return { mcp: { [SERVER_NAME]: { type: "local", command: [SERVER_NAME], enabled: false } } };
  }
  const has = (text: string) => hasJsonServer(text, "mcp");
  if (has(machine.readTextFile(settingsPath(machine, has)) ?? "")) return {};
  return { mcp: { [SERVER_NAME]: { type: "local", command: [mcpServer.command, ...mcpServer.args], enabled: true } } };
}

function readContent({ env }: Machine): Settings {
  const text = env[CONTENT_VARIABLE]?.trim();
  if (!text) return {};
  const content = parseLenientJson(text);
  if (typeof content === "object" && content !== null && !Array.isArray(content)) return { ...content };
  throw new AgentError("usage", `${CONTENT_VARIABLE} is no JSON object, and so nothing can be added to it.`, {
    hint: "Correct it, or unset it.",
  });
}

function merge(theirs: Settings, ours: Settings): Settings {
  const merged: Record<string, unknown> = { ...theirs };
  for (const [key, value] of Object.entries(ours)) {
    const isTable = typeof value === "object" && value !== null && !Array.isArray(value);
    merged[key] = isTable ? merge(objectOf(merged[key]), value as Settings) : value;
  }
  return merged;
}

function objectOf(value: unknown): Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Settings : {};
}
