/** One log while it is made: its lines, whose responses they are, and what of it a fork may copy. */
import { LogFile } from "./log_file.ts";
import { addSums, NO_SUMS, type Sums, type TruthTally } from "./truth.ts";

export interface HistoryLine {
  readonly text: string;
  /** Set on the last line of a response. */
  readonly sums?: Sums;
}

export interface SessionLogOptions {
  readonly path: string;
  /** The session that the log's own responses count for. */
  readonly sessionId: string;
  readonly tally: TruthTally;
  /** Keeps the lines for forks. */
  readonly keepsHistory: boolean;
}

export class SessionLog {
  readonly path: string;
  readonly sessionId: string;
  /** Lines so far, and after which of them a fork may be cut. */
  readonly history: HistoryLine[] = [];
  readonly cuts: number[] = [];
  readonly #file: LogFile;
  readonly #tally: TruthTally;
  readonly #keepsHistory: boolean;
  #captured: { text: string; sums: Sums } | undefined;

  constructor({ path, sessionId, tally, keepsHistory }: SessionLogOptions) {
    this.path = path;
    this.sessionId = sessionId;
    this.#tally = tally;
    this.#keepsHistory = keepsHistory;
    this.#file = new LogFile(path);
    tally.files++;
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  /** @param sums The response that this line completes, which this session made */
  line(text: string, sums?: Sums): void {
    if (this.#captured !== undefined) {
      this.#captured.text += `${text}\n`;
      if (sums !== undefined) this.#captured.sums = addSums(this.#captured.sums, sums);
      return;
    }
    this.#write({ text, sums });
    if (sums !== undefined) this.#tally.own(this.sessionId, sums);
  }

  /** A line that another session wrote first. */
  copy(line: HistoryLine): void {
    this.#write(line);
    if (line.sums !== undefined) this.#tally.copy(line.sums);
  }

  /** A fork may begin after the last line. */
  mark(): void {
    if (this.#keepsHistory && this.#captured === undefined) this.cuts.push(this.history.length);
  }

  /** Keeps what the body writes out of the log, and out of the truth. */
  capture(body: () => void): { readonly text: string; readonly sums: Sums } {
    const captured = this.#captured = { text: "", sums: NO_SUMS };
    body();
    this.#captured = undefined;
    return captured;
  }

  close(lastAt: number): void {
    this.#file.close(lastAt);
    this.#tally.bytes += this.#file.bytes;
  }

  #write(line: HistoryLine): void {
    this.#file.line(line.text);
    this.#tally.longestLine = Math.max(this.#tally.longestLine, line.text.length);
    if (this.#keepsHistory) this.history.push(line);
  }
}
