/**
 * A gateway's bill and what logs have beside it, as both are compared (compare_bill.ts): plain data, whoever it comes from.
 * All of one comparison is of the same span; days are those of UTC, as gateways bill by them.
 */
import type { EpochMs, Usd } from "../model.ts";

/** One line of a bill: a response, or what a day had of one model and upstream. Absent: the bill does not say. */
export interface BillLine {
  /** The gateway's own id of a response. */
  readonly id?: string;
  /** When the response was made; of a line that is of a day, when that begins. */
  readonly at?: EpochMs;
  /** What it is compared within, instead of its day: a launch. */
  readonly group?: string;
  /** All names that the bill has for the model: `anthropic/claude-sonnet-4.6`, `anthropic/claude-4.6-sonnet-20260217`. */
  readonly models: readonly string[];
  readonly upstream?: string;
  /** All that was paid for it: credits, and what an upstream charged to a key of the person's own. */
  readonly usd: Usd;
  /** What of it an upstream charged to a key of the person's own. @default nothing */
  readonly byokUsd?: Usd;
  readonly requests?: number;
}

/** What a figure of a log is: the gateway's own, one by list prices, or none. */
export type FigureKind = "billed" | "estimate" | "unpriced";

/** A turn of a log, or a sum of which the log has no turns. */
export interface LocalFigure {
  /** The gateway's own id of the response, where the log has it. */
  readonly id?: string;
  /** By the gateway's clock where that is known, else by the log's. */
  readonly at: EpochMs;
  /** What it is compared within, instead of its day: a launch. */
  readonly group?: string;
  /** The log's name of the model, and the gateway's own where that is known. */
  readonly models: readonly string[];
  readonly upstream?: string;
  readonly kind: FigureKind;
  /** 0 for what has no price. */
  readonly usd: Usd;
  /** How many turns it is of. @default 1 */
  readonly turns?: number;
}

/** A response that the gateway said something of, and of which no log is left. */
export interface GoneTurn {
  readonly id: string;
  readonly at?: EpochMs;
  /** What it is compared within, instead of its day: a launch. */
  readonly group?: string;
  readonly models: readonly string[];
  readonly usd: Usd;
}

/**
 * Why bill and logs differ, each with turns to show for it. `logs_gone`: billed turns whose logs are gone; `list_price`: turns
 * whose figure is no bill; `no_price`: turns that have no figure; `other_figure`: turns that the gateway itself gave another
 * figure for; `not_on_bill`: turns that the bill does not list.
 */
export const BILL_CAUSES = ["logs_gone", "list_price", "no_price", "other_figure", "not_on_bill"] as const;

export type BillCause = (typeof BILL_CAUSES)[number];

/** A part of a difference. */
export interface ExplainedPart {
  readonly cause: BillCause;
  readonly turns: number;
  /** Billed more than logs have; negative: less. Absent: the bill does not say it of these turns. */
  readonly usd?: Usd;
}

/** What logs have of a span. */
export interface LocalSum {
  readonly usd: Usd;
  readonly turns: number;
  /** Of these turns, by the kind of their figures. */
  readonly billedTurns: number;
  readonly estimatedTurns: number;
  readonly unpricedTurns: number;
}

/** Bill and logs of one span. Known parts and what is unexplained add up to the difference. */
export interface BillComparison {
  readonly billedUsd: Usd;
  readonly local: LocalSum;
  /** Billed more than logs have; negative: less. */
  readonly differenceUsd: Usd;
  readonly explained: readonly ExplainedPart[];
  /** What no turn can be shown for. */
  readonly unexplainedUsd: Usd;
}

/** One day or launch, model and upstream, as the bill and as logs have it. */
export interface BillRow {
  /** The day, `2026-11-20`, or what else it was compared within. */
  readonly group: string;
  readonly model: string;
  /** Absent: it is not known, or it is of several. */
  readonly upstream?: string;
  readonly billedUsd: Usd;
  /** Absent where the bill does not count them. */
  readonly requests?: number;
  readonly local: LocalSum;
  /** Billed more than logs have; negative: less. */
  readonly differenceUsd: Usd;
}
