/** Schema of what `recover` answers with. Loaded by tools and tests alone. */
import * as z from "zod";
import type { RecoveryNote } from "../../launch/placed/settle_place.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

const OUTCOMES = ["restored", "removed", "kept", "failed", "unreadable"] as const satisfies RecoveryNote["outcome"][];

export const recoverOutput = z.object({
  schemaVersion: z.literal(ANSWER_VERSION),
  asOf: z.string(),
  repaired: z.array(z.object({
    path: z.string().describe("The file"),
    outcome: z.enum(OUTCOMES).describe(
      "restored: what was there before is back; removed: ours is gone; kept: somebody changed it since; " +
        "failed: could not be repaired now; unreadable: the record of it is damaged, and was put aside",
    ),
    message: z.string().describe("The same as a sentence"),
  })).describe("Files that killed launches or writers had left; empty when there were none"),
});
