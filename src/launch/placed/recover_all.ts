/** Repairs all that a process of ours can leave behind when it is killed. */
import { recoverInPlace } from "../../host/in_place.ts";
import { recoverPlaced } from "./recover_placed.ts";
import type { RecoveryNote } from "./settle_place.ts";

/**
 * @param places absolute paths that launches place files at
 * @throws {AgentError} failed, when another process holds one of the records for too long
 */
export async function recoverAll(stateDirectory: string, places: readonly string[]): Promise<readonly RecoveryNote[]> {
  return [...await recoverPlaced(stateDirectory, { places }), ...await recoverInPlace({ stateDirectory })];
}
