/** The one kind of server of this program: on this machine's own address alone, whatever it is asked for. */
import { AgentError } from "../core/errors.ts";
import type { DurationMs } from "../core/model.ts";

export interface HttpServer {
  readonly port: number;
  /** Takes no more requests, and waits a moment for those that are being answered. */
  close(): Promise<void>;
}

/** How many ports are tried from the wanted one on. */
const TRIED_PORTS = 100;
const CLOSE_MS: DurationMs = 500;

/**
 * @param port the wanted one; where it is taken, the next free one; 0: any
 * @throws {AgentError} failed, when there is none
 */
export function serveHere(
  port: number,
  answer: (request: Request) => Promise<Response>,
  onBug: (error: unknown) => Response,
): HttpServer {
  const ending = new AbortController();
  const underway = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  const server = listen(port, (port) =>
    Deno.serve({
      hostname: "127.0.0.1",
      port,
      signal: ending.signal,
      // Who starts it says where it is.
      onListen() {},
      onError: onBug,
    }, (request, { completed }) => {
      if (closing !== undefined) return new Response(null, { status: 503, headers: { connection: "close" } });
      const done = completed.catch(() => undefined).finally(() => underway.delete(done));
      underway.add(done);
      return answer(request);
    }));
  return {
    port: server.addr.port,
    close: () =>
      closing ??= (async () => {
        await allOrAfter(CLOSE_MS, underway);
        // Not after `shutdown()`: Deno 2.9.6 then fails with "Bad resource ID" while a request is underway.
        ending.abort();
        await server.finished;
      })(),
  };
}

async function allOrAfter(ms: DurationMs, promises: Iterable<Promise<unknown>>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([late, Promise.all(promises)]);
  clearTimeout(timer);
}

function listen<T>(wanted: number, serve: (port: number) => T): T {
  const ports = wanted === 0 ? [0] : Array.from({ length: TRIED_PORTS }, (_, index) => wanted + index);
  for (const port of ports.filter((port) => port < 65_536)) {
    try {
      return serve(port);
    } catch (error) {
      // A port of the system's own is as little to be had as one that is taken.
      if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) continue;
      if (error instanceof Error) {
        throw new AgentError("failed", `Nothing can be served on this machine: ${error.message}.`, { cause: error });
      }
      throw error;
    }
  }
  throw new AgentError("failed", `No port from ${wanted} on is free.`, { hint: "`--port 0` takes any." });
}
