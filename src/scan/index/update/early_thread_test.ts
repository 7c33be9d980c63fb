/** When the second thread of a first scan is started, and who ends it. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Thread } from "../../../host/thread.ts";
import { agentWithLogs } from "../../../agents/agents.ts";
import { Prices } from "../../prices/prices.ts";
import { EarlyThread } from "./early_thread.ts";
import type { Change } from "./list_changes.ts";
import type { OrderMeans, WorkOrder, WorkReport } from "./work_queue.ts";
import { THREAD_BYTES } from "./thread_bytes.ts";

/** With what happened, in its order, and what the thread reports. */
function makeEarly() {
  const happened: string[] = [];
  let report = (_report: WorkReport) => {};
  let fail = (_reason: string) => {};
  const start = (): Thread<WorkReport, WorkOrder> => {
    happened.push("start");
    return {
      isListening: true,
      post: ({ order }) => happened.push(`order ${order}`),
      onMessage: (listener) => report = listener,
      onFailure: (listener) => fail = listener,
      end: () => happened.push("end"),
    };
  };
  const thread = { report: (given: WorkReport) => report(given), fail: (reason: string) => fail(reason) };
  return { early: new EarlyThread(start), happened, thread };
}

const MEANS: OrderMeans = { share: () => new Prices("", undefined).share(), evidenceIn: undefined };

const changesOf = (...sizes: number[]): readonly Change[] =>
  sizes.map((size, place) => ({
    source: agentWithLogs("pi"),
    file: { path: `/${place}`, relativePath: `${place}`, size, mtimeMs: 0, ctimeMs: 0, inode: 0, compressed: false },
  }));

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

Deno.test("one log is read by this thread alone, however large it is", async () => {
  const { early, happened } = makeEarly();
  early.note(2 * THREAD_BYTES);
  await early.begin(changesOf(2 * THREAD_BYTES), MEANS);
  deepStrictEqual(happened, []);
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

Deno.test("a thread that was started begins with all logs, the largest first; what it reports waits for who takes it", async () => {
  const { early, happened, thread } = makeEarly();
  const changes = changesOf(1, THREAD_BYTES, 3);
  for (const { file } of changes) early.note(file.size);
  await early.begin(changes, MEANS);
  await early.begin(changes, MEANS);
  deepStrictEqual(happened, ["start", "order 1,2,0"]);
  const report: WorkReport = { outcomes: [], prices: [], ended: true };
  thread.report(report);
  thread.fail("why");
  const taken = early.take();
  const heard: unknown[] = [];
  taken.onMessage((given) => heard.push(given));
  taken.onFailure((reason) => heard.push(reason));
  // Not before who takes it has done what he is at.
  deepStrictEqual([taken.begun?.underWay, heard], [1, []]);
  await Promise.resolve();
  thread.report(report);
  deepStrictEqual(heard, [report, "why", report]);
  deepStrictEqual(happened, ["start", "order 1,2,0"]);
});

Deno.test("it begins with nothing where it was not started, or a log is known", async () => {
  const { early, happened } = makeEarly();
  early.note(1);
  await early.begin(changesOf(1, 2), MEANS);
  deepStrictEqual(happened, []);
  early.note(THREAD_BYTES);
  const [first, ...others] = changesOf(1, 2);
  await early.begin([{ ...first!, known: {} as Change["known"] }, ...others], MEANS);
  deepStrictEqual(happened, ["start"]);
  strictEqual(early.take().begun, undefined);
});
