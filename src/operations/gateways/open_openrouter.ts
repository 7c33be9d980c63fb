/** OpenRouter with the key that it is asked with: what operations that ask it begin with. Asks nothing itself. */
import { AGENTS } from "../../agents/agents.ts";
import { createOpenRouterClient, type OpenRouterClient, openRouterHost } from "../../gateways/openrouter/client.ts";
import { chooseOpenRouterKey, managementKey, type OpenRouterKey } from "../../gateways/openrouter/openrouter_key.ts";
import type { AccountContext } from "../contract/account_context.ts";

/** Where agents may have a key, for people. */
const WHERE_LOOKED = [
  "the settings of agents that use OpenRouter (Pi's auth.json, Claude Code's ANTHROPIC_AUTH_TOKEN)",
];

/** @throws {AgentError} failed, when there is no key, none that can be used, or no address that it may go to */
export async function openOpenRouter(account: AccountContext): Promise<OpenRouterClient> {
  const { machine } = account;
  const readers = await Promise.all(
    AGENTS.flatMap(({ gatewayKeys }) => gatewayKeys === undefined ? [] : [gatewayKeys()]),
  );
  const offered = readers.flatMap((read) => read(machine)).filter(({ gateway }) => gateway === "openrouter");
  return makeClient(account, chooseOpenRouterKey(machine.env, offered, WHERE_LOOKED));
}

/** @returns undefined where no management key is set @throws {AgentError} as {@linkcode openOpenRouter} */
export function openOpenRouterManagement(account: AccountContext): OpenRouterClient | undefined {
  const key = managementKey(account.machine.env);
  return key === undefined ? undefined : makeClient(account, key);
}

function makeClient(account: AccountContext, key: OpenRouterKey): OpenRouterClient {
  return createOpenRouterClient({ ...key, host: openRouterHost(account.machine.env), fetch: account.fetch });
}
