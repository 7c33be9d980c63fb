/** The registry of agents that keep no figures: a new one is a folder, and a line here. */
import { amp } from "./amp/unrecorded.ts";
import { cursor } from "./cursor/unrecorded.ts";
import type { UnrecordedAgent } from "./unrecorded_agent.ts";

export const UNRECORDED_AGENTS: readonly UnrecordedAgent[] = [cursor, amp];
