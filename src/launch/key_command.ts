/** How an agent asks us for the key: our own program, in whichever way it was started, with `key`. */
import { BASE_URL_FLAG, KEY_WORD, type KeyCommand } from "../agents/provider_setup.ts";
import { ownCommand } from "../host/own_command.ts";

/** Which key, and for whom. */
export interface AskedKey {
  /** Where the agent sends it: a key that is stored for another gateway is then not printed. */
  readonly host: string;
  /** @default the default key of the time when it is asked for */
  readonly keyName?: string;
}

/** @throws {AgentError} failed, when our program is gone */
export function makeKeyCommand({ host, keyName }: AskedKey): KeyCommand {
  const { command, args } = ownCommand();
  const name = keyName === undefined ? [] : ["--key", keyName];
  return { command, args: [...args, KEY_WORD, BASE_URL_FLAG, host, ...name] };
}
