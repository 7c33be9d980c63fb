/** The two inputs that every reading operation has: the time that the answer is for, and the zone to read it in. */
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";
import type { OperationContext } from "../contract/context.ts";
import { text } from "../contract/input.ts";
import { isTimezone } from "../../core/timezone.ts";
import { parseTime } from "./parse_time.ts";

export const clockInput = {
  asOf: text("Answer as of this time, and leave out everything later"),
  timezone: text("IANA time zone for dates, such as Europe/Stockholm; default: the system's"),
};

export const CLOCK_ON_COMMAND_LINE = {
  asOf: { placeholder: "TIME" },
  timezone: { placeholder: "ZONE" },
} as const;

/** When, and in which zone, a question is asked. */
export interface Clock {
  readonly now: EpochMs;
  /** True when the time was asked for, so that later turns are left out. */
  readonly isPast: boolean;
  readonly timezone: string;
}

/** A zone as POSIX writes it, whose offset or summer time no zone has: `AAA1BBB,J60,J300`. */
const POSIX_RULES = /^:?(?:[A-Za-z]{3,}|<[^>]+>)[+-]?\d/;

/** @throws {AgentError} usage, when a time or zone is not understood */
export function readClock(
  input: { readonly asOf?: string; readonly timezone?: string },
  context: OperationContext,
): Clock {
  const timezone = input.timezone ?? context.timezone;
  if (!isTimezone(timezone) && input.timezone === undefined) {
    const why = POSIX_RULES.test(timezone) ? "follows rules of no zone known here" : "is not known here";
    throw new AgentError("usage", `The time zone of this machine, "${timezone}", ${why}.`, {
      hint: "Set TZ to an IANA name, such as Europe/Stockholm; or give one with --timezone, or UTC.",
    });
  }
  if (!isTimezone(timezone)) {
    throw new AgentError("usage", `Unknown time zone "${timezone}": expected an IANA name.`, {
      hint: "For example: --timezone Europe/Stockholm, or --timezone UTC.",
    });
  }
  if (input.asOf === undefined) return { now: context.now, isPast: false, timezone };
  return { now: parseTime(input.asOf, { now: context.now, timezone }), isPast: true, timezone };
}
