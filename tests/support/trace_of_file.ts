/** The trace of a session that is kept in a file, by another way than the program's (src/core/name_trace.ts): uuid's. */
import { v5 } from "uuid";
import { TRACE_NAMESPACE } from "../../src/core/trace_namespace.ts";

/** @param sessionFile absolute path */
export function traceOfFile(sessionFile: string): string {
  return v5(sessionFile, TRACE_NAMESPACE);
}
