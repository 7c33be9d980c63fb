/** Runs in the second thread: works on logs as log_work.ts says, until it is ended. */
import { threadPort } from "../../../host/thread.ts";
import { loadZstd } from "../../../host/zstd_file.ts";
import { serveWork, type WorkOrder, type WorkReport } from "./log_work.ts";

// Any of the logs may be compressed.
await loadZstd();
serveWork(threadPort<WorkOrder, WorkReport>());
