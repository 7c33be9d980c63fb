/** A stored key, for a program that asks for it: what `key` prints. Asks the gateway nothing. */
import { AgentError } from "../../core/errors.ts";
import { type Credentials, resolveCredentials } from "../../gateways/opper/credentials.ts";
import { hostOf } from "../../launch/routing.ts";

/** Which key is asked for, and for whom. */
export interface KeyQuestion {
  /** Name of a stored key. @default the default key */
  readonly keyName?: string;
  /** Where it will be sent. @default it is not said */
  readonly baseUrl?: string;
}

/**
 * The key itself. One of the environment does not count: inside of a launch that is the launch's own.
 *
 * @param opperHome absolute path of the directory with the stored keys
 * @throws {AgentError} failed, when there is none, or it is stored for another gateway
 */
export function storedKey(opperHome: string, { keyName, baseUrl }: KeyQuestion): string {
  const credentials = resolveCredentials({ env: {}, opperHome, keyName, storedOnly: true });
  if (baseUrl !== undefined) checkGateway(credentials, hostOf(baseUrl, { from: "--base-url" }));
  return credentials.apiKey;
}

/** @throws {AgentError} failed, when a key is stored for another gateway than the one it would be sent to */
export function checkGateway({ origin, baseUrl }: Credentials, host: string): void {
  if (baseUrl === undefined) return;
  const own = hostOf(baseUrl, { from: "The base URL of the stored key", code: "failed" });
  if (own === host) return;
  throw new AgentError("failed", `The key "${origin}" is stored for ${own}, and not for ${host}.`, {
    hint: `\`opper-agent login --key NAME --base-url ${host}\` stores one for it.`,
  });
}
