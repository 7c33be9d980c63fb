/** The keys by which lost caches can be added up. Apart from misses.ts, because the schema of the answer names them too. */
import { USAGE_KEYS } from "../report/usage_keys.ts";

export const MISS_KEYS = ["cause", ...USAGE_KEYS] as const;
export type MissKey = (typeof MISS_KEYS)[number];
