/**
 * The permanent provider `opper` in an agent's own settings: put there by `configure`, taken away by `unconfigure`. One key
 * or table changes and no other byte, and afterwards the file is as it was. What the file holds is for the agent to say.
 *
 * A launch never comes here. The key is kept in no other file.
 */
import { basename, join } from "node:path";
import type { AddedProvider, ProviderEdit, ProviderFile } from "../agents/provider_setup.ts";
import { AgentError } from "../core/errors.ts";
import { hashText } from "../core/hash_text.ts";
import type { OnStep } from "../host/atomic_file.ts";
import { editFile } from "../host/edit_file.ts";
import { readPrivateText, withPrivateLock, writePrivateText } from "../host/private_file.ts";
import { compatUrl } from "./routing.ts";

/** Which file, and what may be done to it. */
export interface ProvidersFile {
  readonly file: ProviderFile;
  /** Absolute path. */
  readonly path: string;
  /** Absolute path of our own state directory, where the lock is. */
  readonly stateDirectory: string;
  /** Whether to replace, or remove, what we did not write. */
  readonly force: boolean;
  /** Whether the key is written there, so that only its owner may read it. */
  readonly holdsKey: boolean;
  /** Called right before each change on disk. @default none */
  readonly onStep?: OnStep;
}

/** The gateway at a host, for use without a launch. */
export interface GatewayAccess extends Omit<AddedProvider, "baseUrl"> {
  readonly host: string;
}

/** What was somebody else's, and had to go by force. */
interface Replaced {
  /** Its keys; none where nothing was. */
  readonly replaced: readonly string[];
  /** Absolute path of the file as it was before, which its owner alone can read. */
  readonly keptAt?: string;
}

/** What adding the provider did to the agent's file. */
export interface ProviderChange extends Replaced {
  /** False when everything was as it should be. */
  readonly changed: boolean;
  readonly created: boolean;
}

/** What removing it did. */
export interface ProviderRemoval extends Replaced {
  readonly removed: boolean;
}

/** The provider as an agent is told of it. */
export function providerAt({ host, ...access }: GatewayAccess): AddedProvider {
  return { ...access, baseUrl: compatUrl(host) };
}

/**
 * Sets the provider. A file that holds the key is then readable by its owner alone.
 *
 * @throws {AgentError} failed: the file does not parse, cannot be written, or holds what is not ours in its place
 */
export async function addProvider(file: ProvidersFile, access: GatewayAccess): Promise<ProviderChange> {
  const provider = providerAt(access);
  return await withPrivateLock(lockPath(file), async () => {
    let lost: Replaced = NOTHING;
    const add = (text = "") => {
      const added = naming(file, () => file.file.add(text, provider));
      lost = added === text ? NOTHING : giveWay(file, text, "add");
      return added;
    };
    const { stateDirectory, onStep } = file;
    const mode = file.holdsKey ? { mode: 0o600 } : {};
    const { before, changed } = await editFile(file.path, add, { stateDirectory, onStep, ...mode });
    return { changed, created: before === undefined, ...lost };
  });
}

/**
 * Removes the provider, and the file when there is nothing else in it.
 *
 * @throws {AgentError} failed: the file does not parse, cannot be written, or holds what is not ours in its place
 */
export async function removeProvider(file: ProvidersFile): Promise<ProviderRemoval> {
  // Nothing is made where there is nothing to remove.
  if (readPrivateText(file.path) === undefined) return { removed: false, ...NOTHING };
  return await withPrivateLock(lockPath(file), async () => {
    let lost: Replaced = NOTHING;
    const remove = (text: string | undefined) => {
      lost = NOTHING;
      if (text === undefined) return undefined;
      const left = naming(file, () => file.file.remove(text, compatUrl("")));
      if (left === text) return text;
      lost = giveWay(file, text, "remove");
      return left === "" ? undefined : left;
    };
    const { stateDirectory, onStep } = file;
    const { changed } = await editFile(file.path, remove, { stateDirectory, onStep });
    return { removed: changed, ...lost };
  });
}

const NOTHING: Replaced = { replaced: [] };

function lockPath({ stateDirectory }: ProvidersFile): string {
  return join(stateDirectory, "configure.lock");
}

/** Says which file an edit could not be made in. */
function naming<T>({ path }: ProvidersFile, edit: () => T): T {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    throw new AgentError(error.code, `"${path}" was left as it is. ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}

/** What somebody else wrote, or changed, goes by force alone, and is kept: nothing else has it. */
function giveWay(edited: ProvidersFile, text: string, edit: ProviderEdit): Replaced {
  const { file, path, stateDirectory, force, onStep } = edited;
  const replaced = naming(edited, () => file.others(text, compatUrl(""), edit));
  if (replaced.length === 0) return NOTHING;
  if (!force) {
    const isAre = replaced.length === 1 ? "is" : "are";
    throw new AgentError(
      "failed",
      `${replaced.join(" and ")} in "${path}" ${isAre} not as opper-agent writes it: the file was left as it is.`,
      { hint: `--force ${edit === "add" ? "replaces" : "removes"} it all the same, and keeps the file as it was.` },
    );
  }
  onStep?.("keep what is replaced");
  const keptAt = join(stateDirectory, "replaced", `${hashText(text).toString(36)}-${basename(path)}`);
  writePrivateText(keptAt, text);
  return { replaced, keptAt };
}
