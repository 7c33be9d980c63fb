/** What an agent has in place of the key: worth nothing but at the relay of its launch, and nothing once that is over. */
import { makeSecret } from "../../host/make_secret.ts";

/** What the token of a relay begins with, so that it is known for one wherever it is said. */
const TOKEN_PREFIX = "op-launch-";

/** Tokens of relays in a text: worth nothing once the launch is over, and still nobody's to read. */
export function relayTokensIn(text: string): readonly string[] {
  return text.match(new RegExp(`${TOKEN_PREFIX}[\\w-]{20,}`, "g")) ?? [];
}

/** A new one. */
export function makeRelayToken(): string {
  return `${TOKEN_PREFIX}${makeSecret()}`;
}
