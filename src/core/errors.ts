/**
 * Failures that a user can fix, and the exit status of each.
 *
 * Bad data is not an error but a Diagnostic (model.ts). Anything thrown that is not an AgentError is a bug.
 */

/** Exit status by code. `launch` passes its child's status on and keeps 125 to 127 for itself. */
export const EXIT_STATUS = {
  failed: 1,
  usage: 2,
  /** Nothing failed: a limit is used further than the caller let it be. */
  over_limit: 3,
  /** Ctrl-C while we asked for something: 128 and the number of SIGINT, as shells count. */
  interrupted: 130,
  launch_failed: 125,
  launch_not_executable: 126,
  launch_not_found: 127,
} as const;

export type ErrorCode = keyof typeof EXIT_STATUS;

/** What goes with an error besides its sentence. */
export interface AgentErrorOptions {
  /** What to type or change so that it works. */
  readonly hint?: string;
  /** Whether what was asked for is not there, rather than asked for wrongly. @default false */
  readonly isMissing?: boolean;
  readonly cause?: unknown;
}

/** An expected failure: a sentence that quotes the value and says the wanted state, and a hint that says the fix. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: ErrorCode;
  readonly hint?: string;
  readonly isMissing: boolean;

  constructor(code: ErrorCode, message: string, options: AgentErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.isMissing = options.isMissing ?? false;
  }
}
