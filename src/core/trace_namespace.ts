/** Namespace under which traces are named; the same as in Opper's public command line (read 2026-11-20). */
export const TRACE_NAMESPACE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
