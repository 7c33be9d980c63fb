/** The key in use and the gateway that it is for: what the operations about keys begin with. Asks the gateway nothing. */
import { BASE_URL_VARIABLE } from "../../agents/launcher.ts";
import { chooseHost } from "../../launch/routing.ts";
import { createOpperClient, type OpperClient } from "../../gateways/opper/client.ts";
import { type Credentials, resolveCredentials } from "../../gateways/opper/credentials.ts";
import { KEY_VARIABLE } from "../../gateways/opper/api_key.ts";
import type { AccountContext } from "../contract/account_context.ts";
import { text } from "../contract/input.ts";

/** Inputs that choose a key and a gateway. */
export const accountInput = {
  keyName: text("Name of a stored key, instead of the default one"),
  baseUrl: text("The gateway's address; default: OPPER_BASE_URL, the stored key's, or the public one"),
};

export const ACCOUNT_ON_COMMAND_LINE = {
  keyName: { name: "key", formerNames: ["key-name"], placeholder: "NAME" },
  baseUrl: { placeholder: "URL" },
} as const;

/** Which account is asked for, by flags. */
export interface AccountChoice {
  readonly keyName?: string;
  readonly baseUrl?: string;
}

export interface OpenAccount {
  readonly credentials: Credentials;
  readonly host: string;
  readonly client: OpperClient;
}

/**
 * @param storedOnly whether a key of the environment does not count, because it may be gone later
 * @throws {AgentError} when there is no usable key or address
 */
export function openAccount(account: AccountContext, choice: AccountChoice, storedOnly = false): OpenAccount {
  const credentials = resolveCredentials({
    env: account.machine.env,
    opperHome: account.opperHome,
    keyName: choice.keyName,
    storedOnly,
  });
  const host = hostFor(account, choice, credentials.baseUrl);
  return { credentials, host, client: createOpperClient({ host, apiKey: credentials.apiKey, fetch: account.fetch }) };
}

/** @param stored base URL of the slot */
export function hostFor(account: AccountContext, choice: AccountChoice, stored: string | undefined): string {
  return chooseHost(
    { flag: choice.baseUrl, environment: account.machine.env[BASE_URL_VARIABLE], slot: stored },
    "failed",
  );
}

/** What somebody who manages stored keys should know when the environment has one. */
export function environmentKeyNotes(account: AccountContext): readonly string[] {
  return account.machine.env[KEY_VARIABLE]
    ? [`${KEY_VARIABLE} is set: its key is used in place of every stored one.`]
    : [];
}
