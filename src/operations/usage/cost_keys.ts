/** The keys that `cost` can add up by. Apart from cost.ts, because the schema of the answer names them too. */
import { CALENDAR_UNITS } from "../../core/calendar.ts";

export const COST_KEYS = [...CALENDAR_UNITS, "model", "provider", "project", "source", "session"] as const;
export type CostKey = (typeof COST_KEYS)[number];
