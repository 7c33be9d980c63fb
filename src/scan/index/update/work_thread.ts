/** Runs in the second thread: works on logs as log_work.ts says, until it is ended. */
import { threadPort } from "../../../host/thread.ts";
import { serveWork, type WorkOrder, type WorkReport } from "./log_work.ts";

serveWork(threadPort<WorkOrder, WorkReport>());
