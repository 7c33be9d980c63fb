/**
 * The permanent provider `opper` in Pi's `models.json`: put there by `configure`, taken away by `unconfigure`. One key
 * changes and no other byte, and afterwards the file is as it was.
 *
 * A launch never comes here. The key is kept in no other file.
 */
import { join } from "node:path";
import type { CatalogueModel } from "../core/catalogue_model.ts";
import { AgentError } from "../core/errors.ts";
import { readJsonKey, removeJsonKey, setJsonKey } from "../core/json/json_edit.ts";
import { editFile } from "../host/edit_file.ts";
import { readPrivateText, withPrivateLock } from "../host/private_file.ts";
import { piModel } from "../agents/pi/launcher.ts";
import { compatUrl } from "./routing.ts";

const PROVIDER = ["providers", "opper"] as const;
/** What a provider of ours consists of; one with anything else was changed by somebody. */
const FIELDS: readonly string[] = ["baseUrl", "api", "apiKey", "models"];
const API = "openai-completions";

/** Value of `providers.opper` (Pi's models.json, as of 0.74.2, 0.87.1 and 1.5.2, read 2026-11-20). */
export interface PiProvider {
  readonly baseUrl: string;
  readonly api: string;
  readonly apiKey: string;
  readonly models: readonly unknown[];
}

export function piProvider(host: string, apiKey: string, models: readonly CatalogueModel[]): PiProvider {
  // Pi reads `$NAME` in a key as a variable, and a key that begins with `!` as a command: doubled, or after `$`, they
  // stand for themselves.
  const literal = apiKey.replaceAll("$", "$$$$").replace(/^!/, "$!");
  return { baseUrl: compatUrl(host), api: API, apiKey: literal, models: models.map(piModel) };
}

/** Which `models.json`, and what may be done to it. */
export interface ModelsFile {
  /** Absolute path. */
  readonly path: string;
  /** Absolute path of our own state directory, where the lock is. */
  readonly stateDirectory: string;
  /** Whether to replace, or remove, a provider of that name that we did not write. */
  readonly force: boolean;
}

export interface AddedProvider {
  /** False when everything was as it should be. */
  readonly changed: boolean;
  readonly created: boolean;
}

/**
 * Sets the provider. The file is then readable by its owner alone.
 *
 * @throws {AgentError} failed: the file does not parse, cannot be written, or holds a provider `opper` that is not ours
 */
export async function addProvider(file: ModelsFile, provider: PiProvider): Promise<AddedProvider> {
  return await withPrivateLock(lockPath(file), async () => {
    const add = (text = "") => {
      const added = naming(file, () => setJsonKey(text, PROVIDER, provider));
      checkOurs(file, text, "replaces");
      return added;
    };
    const { before, changed } = await editFile(file.path, add, { stateDirectory: file.stateDirectory, mode: 0o600 });
    return { changed, created: before === undefined };
  });
}

/**
 * Removes the provider, and the file when there is nothing else in it.
 *
 * @returns whether it was there
 * @throws {AgentError} failed: the file does not parse, cannot be written, or holds a provider `opper` that is not ours
 */
export async function removeProvider(file: ModelsFile): Promise<boolean> {
  // Nothing is made where there is nothing to remove.
  if (readPrivateText(file.path) === undefined) return false;
  return await withPrivateLock(lockPath(file), async () => {
    const remove = (text: string | undefined) => {
      if (text === undefined) return undefined;
      const left = naming(file, () => removeJsonKey(text, PROVIDER));
      if (left === text) return text;
      checkOurs(file, text, "removes");
      return left === "" ? undefined : left;
    };
    return (await editFile(file.path, remove, { stateDirectory: file.stateDirectory })).changed;
  });
}

function lockPath({ stateDirectory }: ModelsFile): string {
  return join(stateDirectory, "configure.lock");
}

/** Says which file an edit could not be made in. */
function naming<T>(file: ModelsFile, edit: () => T): T {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    throw new AgentError(error.code, `"${file.path}" was left as it is. ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}

/** A provider of that name that somebody else wrote, or changed, may hold what cannot be had back. */
function checkOurs({ path, force }: ModelsFile, text: string, does: string): void {
  const provider = readJsonKey(text, PROVIDER);
  if (force || provider === undefined || isOurs(provider)) return;
  throw new AgentError(
    "failed",
    `The provider "opper" in "${path}" is not as opper-agent writes it: it was left as it is.`,
    {
      hint: `--force ${does} it all the same.`,
    },
  );
}

function isOurs(provider: unknown): boolean {
  return isRecord(provider) && Object.keys(provider).every((field) => FIELDS.includes(field)) &&
    provider["api"] === API && typeof provider["baseUrl"] === "string" && provider["baseUrl"].endsWith(compatUrl(""));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
