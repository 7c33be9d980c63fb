/** What a log says of its session, and what its source needs to go on with it, as the table of logs has them. */
import type { SessionFacts } from "../../../core/model.ts";
import { packAsJson } from "../bytes/pack_json.ts";
import { packValues, ValueReader } from "../bytes/pack_value.ts";
import type { Bytes } from "../tables/store.ts";

/**
 * In one list of bytes: most of what the facts say the state says, too.
 *
 * @param facts Undefined for a log that names no session
 * @param state Of the source. @default none, as of a guest's share
 */
export function encodeSaid(facts: SessionFacts | undefined, state?: unknown): Bytes {
  const values = state === undefined ? [facts] : [facts, state];
  return packAsJson(values) ?? packValues(values);
}

/** @param said Made by {@linkcode encodeSaid} @throws {DamagedBytesError} */
export function decodeFacts(said: Uint8Array): SessionFacts | undefined {
  return new ValueReader(said).next() as SessionFacts | null ?? undefined;
}

/** The state alone. @param said As in {@linkcode decodeFacts}; with a state */
export function decodeState(said: Uint8Array): unknown {
  const values = new ValueReader(said);
  values.next();
  return values.next();
}
