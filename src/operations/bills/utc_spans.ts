/** The spans that gateways bill by: days, weeks from Monday, and months, of UTC. */
import { AgentError } from "../../core/errors.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";

export const UTC_DAY_MS: DurationMs = 86_400_000;

/** From one midnight of UTC to another. */
export interface UtcSpan {
  readonly since: EpochMs;
  /** Not included. */
  readonly until: EpochMs;
}

/** `2026-11`, and from when to when that is. */
export interface UtcMonth extends UtcSpan {
  readonly key: string;
  /** Whether it has not ended. */
  readonly isRunning: boolean;
}

/** The day that runs. */
export function utcDay(now: EpochMs): UtcSpan {
  const since = Math.floor(now / UTC_DAY_MS) * UTC_DAY_MS;
  return { since, until: since + UTC_DAY_MS };
}

/** The week that runs. */
export function utcWeek(now: EpochMs): UtcSpan {
  const { since: today } = utcDay(now);
  // Sunday is 0.
  const since = today - (new Date(today).getUTCDay() + 6) % 7 * UTC_DAY_MS;
  return { since, until: since + 7 * UTC_DAY_MS };
}

/**
 * @param text `2026-11` @default the month that runs
 * @throws {AgentError} usage, when it is no month, or has not begun
 */
export function readBillMonth(text: string | undefined, now: EpochMs): UtcMonth {
  const key = text ?? new Date(now).toISOString().slice(0, 7);
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(key) ?? [];
  if (year === undefined) {
    throw new AgentError("usage", `Expected a month as YYYY-MM for --month, not "${key}".`, {
      hint: "For example: --month 2026-11. Months are those of UTC, as gateways bill.",
    });
  }
  const since = Date.UTC(Number(year), Number(month) - 1, 1);
  const until = Date.UTC(Number(year), Number(month), 1);
  if (since > now) throw new AgentError("usage", `${key} has not begun in UTC.`);
  return { key, since, until, isRunning: until > now };
}
