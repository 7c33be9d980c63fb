/** What a call works with: made for it, and given back after it. */
import type { OperationContext } from "../operations/contract/context.ts";
import { askAgain } from "../operations/report/ask_again.ts";
import type { McpHost } from "./mcp_host.ts";
import { type ReportScan, SharedIndex } from "./shared_index.ts";

export type WithContext = ReturnType<typeof makeCallContexts>;

/** One scan for all calls that wait for one, and for each call a context that lends it. */
export function makeCallContexts(host: Pick<McpHost, "makeContext" | "openScan">) {
  const scans = new SharedIndex(host.openScan);
  /** Runs with a context of its own, whose scan is given back at the end, or as soon as nobody waits any more. */
  return async function withContext<T>(
    signal: AbortSignal,
    body: (context: OperationContext) => Promise<T>,
    { mayRepeat = true, onScan }: { readonly mayRepeat?: boolean; readonly onScan?: ReportScan } = {},
  ): Promise<T> {
    let use: ReturnType<typeof scans.acquire> | undefined;
    const release = () => use?.release();
    const context: OperationContext = {
      ...await host.makeContext(),
      openIndex: () => (use ??= scans.acquire(onScan)).scan,
      async distrustIndex() {
        const doubted = await use?.scan.catch(() => undefined);
        if (signal.aborted || !doubted?.distrust()) return false;
        release();
        use = undefined;
        return true;
      },
    };
    const ask = () => body(context);
    signal.addEventListener("abort", release);
    try {
      return await (mayRepeat ? ask().catch((error) => askAgain(error, context, ask)) : ask());
    } finally {
      signal.removeEventListener("abort", release);
      release();
    }
  };
}
