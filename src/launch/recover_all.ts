/** Repairs all that a process of ours can leave behind when it is killed. */
import { recoverInPlace } from "../host/in_place.ts";
import { recoverOverlays, type RecoveryNote } from "./overlay.ts";

/** @throws {AgentError} failed, when another process holds one of the records for too long */
export async function recoverAll(stateDirectory: string): Promise<readonly RecoveryNote[]> {
  return [...await recoverOverlays(stateDirectory), ...await recoverInPlace({ stateDirectory })];
}
