/** What an open index is put together of: see open_index.ts and usage_index.ts. */
import type { Diagnostic } from "../../core/model.ts";
import type { Discovery } from "../logs/discover.ts";
import type { Prices } from "../prices/prices.ts";
import type { LogEvidence } from "./log_evidence.ts";
import type { OpenIndex } from "./tables/open_store.ts";
import type { SessionHeads } from "./tables/session_heads.ts";
import type { IndexStore } from "./tables/store.ts";

/** What a scan leaves to the questions that follow it. */
export interface UsageIndexParts {
  readonly index: OpenIndex;
  /** The index's. */
  readonly store: IndexStore;
  readonly indexPath: string;
  readonly discovery: Discovery;
  readonly prices: Prices;
  /** What gateways said of responses; closed with the index. @default there is none */
  readonly evidence?: LogEvidence;
  /** What this scan could not look at or read. */
  readonly problems: readonly Diagnostic[];
  /** Waited for every few steps where logs are read, see OpenIndexOptions. */
  readonly pause?: () => Promise<void>;
  /** What the scan found and has yet to write. @default it is written */
  readonly unsaved?: {
    /** What is known of all sessions until then. */
    readonly sessions: SessionHeads;
    save(): void;
  };
}
