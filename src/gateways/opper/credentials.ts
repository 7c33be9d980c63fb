/**
 * The gateway's keys on disk, shared with the gateway's own command line: finding the one to use, storing, removing.
 *
 * Asks nobody for a key and never tries one out. Whatever else stands in the file survives a write, and a file that is
 * not understood is left alone. No key is part of any error.
 * Source of the format: opper.ai, public command line, read 2026-11-20.
 */
import { dirname, join } from "node:path";
import { AgentError, type ErrorCode } from "../../core/errors.ts";
import { closeDirectory, readPrivateText, withPrivateLock } from "../../host/private_file.ts";
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import { parseJson } from "../../core/json/parse_json.ts";
import { textField } from "../json_fields.ts";
import { checkKey, checkKeyName, KEY_VARIABLE, PLATFORM_URL, readKey } from "./api_key.ts";

const DEFAULT_SLOT = "default";

/** Whose key it is, where whoever stored it said so. */
export interface StoredUser {
  readonly email?: string;
  readonly name?: string;
}

/** A key, and where it came from. */
export interface Credentials {
  readonly apiKey: string;
  /** As stored beside the key: a host, or a URL below it. Never from the environment. */
  readonly baseUrl?: string;
  /** `environment`, or the name of the slot. */
  readonly origin: string;
  /** Name of the slot; absent for a key of the environment. */
  readonly slot?: string;
  readonly user?: StoredUser;
}

/** Where a key may stand, and which one is wanted. */
export interface CredentialRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the directory with `config.json`: `$OPPER_HOME`, by default `~/.opper`. */
  readonly opperHome: string;
  /** Slot to use. @default the file's `defaultKey` */
  readonly keyName?: string;
  /** Whether a key of the environment does not count. @default false */
  readonly storedOnly?: boolean;
  /** Code of the error when there is no usable key. @default "failed" */
  readonly code?: ErrorCode;
}

/** `$OPPER_HOME/config.json`. */
function credentialsPath(opperHome: string): string {
  return join(opperHome, "config.json");
}

/** Held while the file is changed. Among our own state, so that nothing of ours stands beside what others own. */
function lockPath(opperHome: string): string {
  return join(opperHome, "agent", "config.lock");
}

/**
 * The key to use: `OPPER_API_KEY`, else the slot that was named, else the default slot. The file is not even read when
 * the environment has a key.
 *
 * @throws {AgentError} with the code of the request: no key, or one that cannot be sent; the hint says how to get one
 */
export function resolveCredentials(request: CredentialRequest): Credentials {
  const { env, opperHome, keyName, storedOnly = false, code = "failed" } = request;
  if (env[KEY_VARIABLE] && !storedOnly) {
    const apiKey = readKey(env[KEY_VARIABLE]);
    checkKey(apiKey, KEY_VARIABLE, code);
    return { apiKey, origin: "environment" };
  }
  const path = credentialsPath(opperHome);
  const file = readConfig(path, code);
  const name = keyName ?? file.defaultKey;
  const slot = file.slots.get(name);
  if (slot === undefined) throw noSuchSlot(name, request, file);
  const { apiKey: stored, baseUrl, user } = isRecord(slot) ? slot : {};
  const apiKey = typeof stored === "string" ? readKey(stored) : stored;
  if (typeof apiKey !== "string" || (baseUrl !== undefined && typeof baseUrl !== "string")) {
    throw new AgentError(code, `The key "${name}" in ${path} is not as expected: apiKey and baseUrl must be texts.`, {
      hint: `\`opper-agent login${name === DEFAULT_SLOT ? "" : ` --key ${name}`}\` stores it again.`,
    });
  }
  checkKey(apiKey, `The key "${name}" in ${path}`, code);
  return {
    apiKey,
    ...(baseUrl === undefined || baseUrl === "" ? {} : { baseUrl }),
    origin: name,
    slot: name,
    ...(isRecord(user) ? { user: userOf(user) } : {}),
  };
}

function noSuchSlot(name: string, request: CredentialRequest, file: ConfigFile): AgentError {
  const { keyName, storedOnly, code = "failed" } = request;
  const orElse = storedOnly ? `; a key in ${KEY_VARIABLE} does not do here` : `, or set ${KEY_VARIABLE}`;
  const hint = `Run \`opper-agent login\`${orElse}. Create keys at ${PLATFORM_URL}.`;
  const others = [...file.slots.keys()];
  if (others.length === 0 && keyName === undefined) {
    return new AgentError(code, `No Opper API key ${storedOnly ? "is stored" : "was found"}.`, { hint });
  }
  const stored = others.length === 0 ? "no key is stored" : `stored: ${others.join(", ")}`;
  return new AgentError(code, `No Opper API key named "${name}" is stored (${stored}).`, { hint });
}

/** A slot as it is before a key is stored in it. */
export interface Slot {
  readonly keyName: string;
  readonly baseUrl?: string;
}

/**
 * The slot that a key would be stored in.
 *
 * @param keyName @default the file's `defaultKey`
 * @throws {AgentError} when the name is not usable, or the file is not understood
 */
export function findSlot(opperHome: string, keyName?: string): Slot {
  if (keyName !== undefined) checkKeyName(keyName);
  const file = readConfig(credentialsPath(opperHome), "failed");
  const name = keyName ?? file.defaultKey;
  const slot = file.slots.get(name);
  const baseUrl = isRecord(slot) ? textField(slot["baseUrl"]) : undefined;
  return { keyName: name, ...(baseUrl === undefined ? {} : { baseUrl }) };
}

/** A key to be stored, and in which slot. */
export interface NewKey {
  readonly opperHome: string;
  /** @default the file's `defaultKey` */
  readonly keyName?: string;
  readonly apiKey: string;
  /** Replaces the slot's. @default the slot keeps what it has */
  readonly baseUrl?: string;
  /** ISO 8601. */
  readonly obtainedAt: string;
}

/** Where a key was put. Holds no key. */
export interface StoredKey {
  readonly path: string;
  readonly keyName: string;
  /** Whether this is the key used when none is named. */
  readonly isDefault: boolean;
  /** Whether the slot held another key before. */
  readonly replaced: boolean;
}

/**
 * Stores a key in its slot, mode 0600, atomically. Other slots and fields that are not known stay as they are; the user
 * stored beside a key goes when another key takes its place.
 *
 * @throws {AgentError} when the name or key is not usable, or the file is not understood or cannot be written
 */
export async function saveKey(key: NewKey): Promise<StoredKey> {
  checkKey(key.apiKey, "The key", "failed");
  if (key.keyName !== undefined) checkKeyName(key.keyName);
  return await changeConfig(key.opperHome, (file, text, { setJsonKey, removeJsonKey }) => {
    const name = key.keyName ?? file.defaultKey;
    const stored = file.slots.get(name);
    const slot = isRecord(stored) ? stored : undefined;
    const isSame = slot?.["apiKey"] === key.apiKey;
    // The first key of a file is what is used when none is named.
    const defaultKey = file.slots.has(file.defaultKey) ? file.defaultKey : name;
    const fields = {
      apiKey: key.apiKey,
      ...(key.baseUrl === undefined ? {} : { baseUrl: key.baseUrl }),
      obtainedAt: key.obtainedAt,
      source: "manual",
    };
    let changed = file.root["version"] === undefined ? setJsonKey(text, ["version"], 1) : text;
    changed = setJsonKey(changed, ["defaultKey"], defaultKey);
    if (slot === undefined) changed = setJsonKey(changed, ["keys", name], fields);
    else {
      for (const [field, value] of Object.entries(fields)) {
        changed = setJsonKey(changed, ["keys", name, field], value);
      }
      if (!isSame) changed = removeJsonKey(changed, ["keys", name, "user"]);
    }
    const replaced = slot !== undefined && "apiKey" in slot && !isSame;
    const path = credentialsPath(key.opperHome);
    return { text: changed, result: { path, keyName: name, isDefault: defaultKey === name, replaced } };
  });
}

/** What became of a slot. Holds no key. */
export interface RemovedKey {
  readonly path: string;
  readonly keyName: string;
  /** False when there was no such key. */
  readonly removed: boolean;
  /** Names of the keys that are still stored. */
  readonly left: readonly string[];
}

/**
 * Removes one slot. `defaultKey` stays, so that no other key is ever billed because one was removed.
 *
 * @param keyName @default the file's `defaultKey`
 * @throws {AgentError} when the file is not understood or cannot be written
 */
export async function removeKey(opperHome: string, keyName?: string): Promise<RemovedKey> {
  const path = credentialsPath(opperHome);
  const named = (file: ConfigFile) => keyName ?? file.defaultKey;
  const seen = readConfig(path, "failed");
  // Nothing is locked, made or written where there is nothing to remove.
  if (!seen.slots.has(named(seen))) {
    return { path, keyName: named(seen), removed: false, left: [...seen.slots.keys()] };
  }
  return await changeConfig(opperHome, (file, text, { removeJsonKey, setJsonKey }) => {
    const keyName = named(file);
    const removed = file.slots.has(keyName);
    const left = [...file.slots.keys()].filter((name) => name !== keyName);
    const without = () => left.length === 0 ? setJsonKey(text, ["keys"], {}) : removeJsonKey(text, ["keys", keyName]);
    return { text: removed ? without() : text, result: { path, keyName, removed, left } };
  });
}

/** Edits the file as it is at that moment, while no other process of ours does. Only its owner can read it then. */
async function changeConfig<T>(
  opperHome: string,
  change: (
    file: ConfigFile,
    text: string,
    edits: typeof import("../../core/json/json_edit.ts"),
  ) => { readonly text: string; readonly result: T },
): Promise<T> {
  const path = credentialsPath(opperHome);
  const [{ editFile }, edits] = await Promise.all([
    import("../../host/edit_file.ts"),
    import("../../core/json/json_edit.ts"),
  ]);
  return await withPrivateLock(lockPath(opperHome), async () => {
    closeDirectory(opperHome);
    let result: { readonly value: T } | undefined;
    await editFile(path, (text = "") => {
      const file = parseConfig(text, path, "failed");
      try {
        const changed = change(file, text, edits);
        result = { value: changed.result };
        return changed.text;
      } catch (error) {
        if (!(error instanceof AgentError)) throw error;
        // Where in the file, but nothing of what is there.
        throw new AgentError(error.code, `"${path}" cannot be changed. ${error.message}`, { hint: error.hint });
      }
    }, { stateDirectory: dirname(lockPath(opperHome)), mode: 0o600 });
    return result!.value;
  });
}

interface ConfigFile {
  /** Everything in the file; empty when there is none. */
  readonly root: JsonRecord;
  readonly defaultKey: string;
  /** By name. What a slot holds is looked at only when it is used. */
  readonly slots: ReadonlyMap<string, unknown>;
}

function readConfig(path: string, code: ErrorCode): ConfigFile {
  return parseConfig(readPrivateText(path, code) ?? "", path, code);
}

function parseConfig(text: string, path: string, code: ErrorCode): ConfigFile {
  if (text.trim() === "") return { root: {}, defaultKey: DEFAULT_SLOT, slots: new Map() };
  const root = parseJson(text.replace(/^\ufeff/, ""));
  // What the parser says is not repeated: it quotes the text, which holds keys.
  if (!isRecord(root)) throw broken(path, "it is not a JSON object", code);
  const { keys = {}, defaultKey = DEFAULT_SLOT, version } = root;
  if (version !== undefined && version !== 1) {
    throw broken(path, `its version is ${typeof version === "number" ? version : "no number"}, not 1`, code);
  }
  if (typeof defaultKey !== "string") throw broken(path, `"defaultKey" is not a text`, code);
  if (!isRecord(keys)) throw broken(path, `"keys" is not an object`, code);
  return { root, defaultKey, slots: new Map(Object.entries(keys)) };
}

function broken(path: string, what: string, code: ErrorCode): AgentError {
  return new AgentError(code, `The file ${path} is not understood: ${what}.`, {
    hint: `Fix it, or move it elsewhere and run \`opper-agent login\`. The file was not changed.`,
  });
}

function userOf({ email, name }: JsonRecord): StoredUser {
  return {
    ...(typeof email === "string" ? { email } : {}),
    ...(typeof name === "string" ? { name } : {}),
  };
}
