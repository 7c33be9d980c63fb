/**
 * What every command that shows costs asks: is there evidence, and what does it say of a response. Where there is none this
 * is one look at a file name, and SQLite is not loaded for it.
 */
import { evidenceBytes, evidencePath } from "./evidence_file.ts";
import type { EvidenceStore } from "./evidence_store.ts";
import { fileMark } from "../host/files.ts";

/** What there is to be read of it. */
export type OpenEvidence = Pick<
  EvidenceStore,
  "revision" | "find" | "stateOf" | "hasDetails" | "listFound" | "counts" | "lastRun" | "traces" | "close"
>;

/** Where it is, and who hears of faults. */
export interface OpenEvidenceOptions {
  /** Absolute path of `$OPPER_HOME/agent`. */
  readonly stateDirectory: string;
  /** Told when there is evidence that cannot be used. @default nobody is */
  readonly onWarning?: (message: string) => void;
}

/**
 * Opens the evidence as it is now. Close it when done.
 *
 * @returns undefined when there is none, or none that can be used: answers are then made without
 */
export async function openEvidence(options: OpenEvidenceOptions): Promise<OpenEvidence | undefined> {
  const { stateDirectory, onWarning = () => {} } = options;
  if (evidenceBytes(stateDirectory) === undefined) return undefined;
  const { EvidenceStore, explainFault, moveIfDamaged } = await import("./evidence_store.ts");
  const path = evidencePath(stateDirectory);
  const inode = fileMark(path)?.inode ?? 0;
  let isSaid = false;
  const onFault = (error: Error) => {
    if (isSaid) return;
    isSaid = true;
    onWarning(moveIfDamaged(error, stateDirectory, inode) ?? `${explainFault(error, path)} Answers are without it.`);
  };
  try {
    return EvidenceStore.openToRead(stateDirectory, onFault);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    onFault(error);
    return undefined;
  }
}
