/**
 * The permanent provider `opper` in an agent's own settings: put there by `configure`, taken away by `unconfigure`. One key
 * changes and no other byte, and afterwards the file is as it was. What the file holds is for the agent to say.
 *
 * A launch never comes here. The key is kept in no other file.
 */
import { join } from "node:path";
import type { AddedProvider, ProviderSetup } from "../agents/provider_setup.ts";
import { AgentError } from "../core/errors.ts";
import { editFile } from "../host/edit_file.ts";
import { readPrivateText, withPrivateLock } from "../host/private_file.ts";
import { compatUrl } from "./routing.ts";

/** Which file, and what may be done to it. */
export interface ProvidersFile {
  readonly setup: ProviderSetup;
  /** Absolute path. */
  readonly path: string;
  /** Absolute path of our own state directory, where the lock is. */
  readonly stateDirectory: string;
  /** Whether to replace, or remove, a provider of that name that we did not write. */
  readonly force: boolean;
}

/** The gateway at a host, for use without a launch. */
export interface GatewayAccess extends Pick<AddedProvider, "apiKey" | "models"> {
  readonly host: string;
}

/** What adding the provider did to the agent's file. */
export interface ProviderChange {
  /** False when everything was as it should be. */
  readonly changed: boolean;
  readonly created: boolean;
}

/**
 * Sets the provider. The file is then readable by its owner alone.
 *
 * @throws {AgentError} failed: the file does not parse, cannot be written, or holds a provider `opper` that is not ours
 */
export async function addProvider(file: ProvidersFile, access: GatewayAccess): Promise<ProviderChange> {
  const { host, apiKey, models } = access;
  const provider = { baseUrl: compatUrl(host), apiKey, models };
  return await withPrivateLock(lockPath(file), async () => {
    const add = (text = "") => {
      const added = naming(file, () => file.setup.add(text, provider));
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
export async function removeProvider(file: ProvidersFile): Promise<boolean> {
  // Nothing is made where there is nothing to remove.
  if (readPrivateText(file.path) === undefined) return false;
  return await withPrivateLock(lockPath(file), async () => {
    const remove = (text: string | undefined) => {
      if (text === undefined) return undefined;
      const left = naming(file, () => file.setup.remove(text));
      if (left === text) return text;
      checkOurs(file, text, "removes");
      return left === "" ? undefined : left;
    };
    return (await editFile(file.path, remove, { stateDirectory: file.stateDirectory })).changed;
  });
}

function lockPath({ stateDirectory }: ProvidersFile): string {
  return join(stateDirectory, "configure.lock");
}

/** Says which file an edit could not be made in. */
function naming<T>(file: ProvidersFile, edit: () => T): T {
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
function checkOurs({ setup, path, force }: ProvidersFile, text: string, does: string): void {
  if (force || !setup.holdsOther(text, compatUrl(""))) return;
  throw new AgentError(
    "failed",
    `The provider "opper" in "${path}" is not as opper-agent writes it: it was left as it is.`,
    { hint: `--force ${does} it all the same.` },
  );
}
