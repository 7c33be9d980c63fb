/**
 * What became of a launch that this process started: its ledger, found by process id, and what the logs say of its
 * sessions. Starts nothing and asks nobody else.
 */
import { addUsage, type Cost, type EpochMs, type TokenUsage } from "../core/model.ts";
import { sumCosts } from "../core/pricing.ts";
import { type LaunchLedger, ledgerPath, listLaunchIds, readLedger, tracesOf } from "../launch/ledger.ts";
import { DEPTH_VARIABLE } from "../launch/launcher.ts";
import { resolveCredentials } from "../opper/credentials.ts";
import type { OperationContext } from "./context.ts";
import { readTraced } from "./session_traces.ts";
