/** When the second thread of a first scan is started, and who ends it. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Thread } from "../../../host/thread.ts";
import { EarlyThread } from "./early_thread.ts";
import type { WorkOrder, WorkReport } from "./log_work.ts";
import { THREAD_BYTES } from "./thread_bytes.ts";

/** With what happened, in its order. */
function makeEarly(): { readonly early: EarlyThread; readonly happened: string[] } {
  const happened: string[] = [];
  const start = () => {
    happened.push("start");
    return { end: () => happened.push("end") } as unknown as Thread<WorkReport, WorkOrder>;
  };
  return { early: new EarlyThread(start), happened };
}

Deno.test("a thread is started once there is enough to read, and ended if nobody takes it", () => {
  const { early, happened } = makeEarly();
  early.note(THREAD_BYTES - 1);
  deepStrictEqual(happened, []);
  early.note(1);
  early.note(THREAD_BYTES);
  deepStrictEqual(happened, ["start"]);
  early.end();
  early.end();
  deepStrictEqual(happened, ["start", "end"]);
});

Deno.test("who takes it has it, and ends it", () => {
  const { early, happened } = makeEarly();
  early.note(THREAD_BYTES);
  early.take();
  early.end();
  deepStrictEqual(happened, ["start"]);
});

Deno.test("it is started when it is taken where it was not before", () => {
  const { early, happened } = makeEarly();
  early.note(1);
  strictEqual(typeof early.take().end, "function");
  early.end();
  deepStrictEqual(happened, ["start"]);
});
