/** All campaigns, in the order in which they begin. */
import type { Campaign } from "./campaign.ts";
import { atOnce } from "./campaigns/at_once.ts";
import { damagedIndex } from "./campaigns/damaged_index.ts";
import { killed } from "./campaigns/killed.ts";
import { mcpRequests } from "./campaigns/mcp_requests.ts";
import { mixedPages } from "./campaigns/mixed_pages.ts";
import { mutatedLogs } from "./campaigns/mutated_logs.ts";

export const CAMPAIGNS: readonly Campaign[] = [mutatedLogs, damagedIndex, mixedPages, killed, atOnce, mcpRequests];
