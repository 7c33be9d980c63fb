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
  const server = listen(port, (port) =>
    Deno.serve({
      hostname: "127.0.0.1",
      port,
      signal: ending.signal,
      // Who starts it says where it is.
      onListen() {},
      onError: onBug,
    }, answer));
  return {
    port: server.addr.port,
    async close() {
      const timer = setTimeout(() => ending.abort(), CLOSE_MS);
      await server.shutdown();
      clearTimeout(timer);
    },
  };
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
