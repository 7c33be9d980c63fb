/** What a scan knows of responses beside their logs: the evidence as it was when the scan began. */
import type { EvidenceCounts, EvidenceReader } from "../../core/evidence.ts";
import type { OpenEvidence } from "../../evidence/open_evidence.ts";
import { fileMark } from "../../host/files.ts";

/** What is asked of it, and what tells whether an index was made with the same. */
export interface LogEvidence extends EvidenceReader {
  /** Where a second thread finds the same. */
  readonly stateDirectory: string;
  /** Whether some of it could not be read: what was added up is not to be taken for what follows from all. */
  readonly hasFailed: boolean;
  counts: OpenEvidence["counts"];
  stateOf: OpenEvidence["stateOf"];
  close(): void;
}

const NO_COUNTS: EvidenceCounts = { found: 0, missing: 0, unread: 0, bytes: 0 };

/** @returns undefined where there is none, which takes one look at a file name */
export async function openLogEvidence(
  stateDirectory: string,
  onWarning?: (message: string) => void,
): Promise<LogEvidence | undefined> {
  // Where evidence_file.ts says that it is: that, too, is loaded when there is one.
  if (!fileMark(`${stateDirectory}/evidence.db`)?.size) return undefined;
  const { openEvidence } = await import("../../evidence/open_evidence.ts");
  let hasFailed = false;
  const opened = await openEvidence({
    stateDirectory,
    onWarning(message) {
      hasFailed = true;
      onWarning?.(message);
    },
  });
  if (opened === undefined) return undefined;
  let isOpen = true;
  /** What is damaged stops no answer. */
  const ask = <Answer>(question: () => Answer, otherwise: Answer): Answer => {
    try {
      return question();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return otherwise;
    }
  };
  return {
    stateDirectory,
    revision: opened.revision,
    get hasFailed() {
      return hasFailed;
    },
    find: (id) => opened.find(id),
    counts: () => ask(() => opened.counts(), NO_COUNTS),
    stateOf: (id) => ask(() => opened.stateOf(id), "unasked"),
    close() {
      if (isOpen) opened.close();
      isOpen = false;
    },
  };
}
