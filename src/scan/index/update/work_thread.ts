/** Runs in the second thread: works on logs as log_work.ts says, until it is ended. */
import { threadPort } from "../../../host/thread.ts";
import type { WorkOrder, WorkReport } from "./work_queue.ts";

// Heard of before all else is loaded, so that the first order is there by then.
const port = threadPort<WorkOrder, WorkReport>();
const { serveWork } = await import("./log_work.ts");
serveWork(port);
