/** What runs in the second thread: it folds logs as fold_queue.ts tells it to, until it is ended. */
import { threadPort } from "../host/thread.ts";
import { type FoldOrder, type FoldReport, serveFolds } from "./fold_queue.ts";
import { SOURCES } from "./sources.ts";

serveFolds(threadPort<FoldOrder, FoldReport>(), SOURCES);
