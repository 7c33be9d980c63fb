/** What runs in the second thread: it folds logs as fold_queue.ts tells it to, until it is ended. */
import { threadPort } from "../host/thread.ts";
import { loadZstd } from "../host/zstd_file.ts";
import { type FoldOrder, type FoldReport, serveFolds } from "./fold_queue.ts";
import { SOURCES } from "./sources.ts";

// Any of the logs may be compressed.
await loadZstd();
serveFolds(threadPort<FoldOrder, FoldReport>(), SOURCES);
