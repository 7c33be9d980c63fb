/**
 * The host that shows the card: JSON-RPC over messages between windows.
 *
 * Source: MCP Apps (`io.modelcontextprotocol/ui`), revision 2026-01-26, "Communication Protocol".
 */
import { isRecord } from "../../core/json/is_record.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** What the host says without being asked, by its method. What it asks for is answered with nothing. */
export type Hear = (method: string, params: JsonObject) => void;

const METHOD_NOT_FOUND = -32601;
/** What a host asks, and has nothing to be told for. */
const ANSWERED: ReadonlySet<unknown> = new Set(["ping", "ui/resource-teardown"]);

/** Of one page, until its frame goes away. */
export class HostLink {
  readonly #host: Window;
  readonly #waiting = new Map<unknown, PromiseWithResolvers<JsonObject>>();
  #next = 1;

  constructor(host: Window, hear: Hear) {
    this.#host = host;
    addEventListener("message", ({ source, data }: MessageEvent<unknown>) => {
      if (source !== host || !isRecord(data) || data["jsonrpc"] !== "2.0") return;
      const { id, method, params, result, error } = data;
      if (typeof method !== "string") {
        const waiting = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (isRecord(error)) waiting?.reject(new Error(String(error["message"])));
        else waiting?.resolve(isRecord(result) ? result : {});
      } else {
        if (id !== undefined) {
          this.#post(
            ANSWERED.has(method)
              ? { id, result: {} }
              : { id, error: { code: METHOD_NOT_FOUND, message: "Method not found" } },
          );
        }
        hear(method, isRecord(params) ? params : {});
      }
    });
  }

  /** @throws {Error} with what the host says, when it refuses */
  ask(method: string, params: JsonObject): Promise<JsonObject> {
    const id = this.#next++;
    const waiting = Promise.withResolvers<JsonObject>();
    this.#waiting.set(id, waiting);
    this.#post({ id, method, params });
    return waiting.promise;
  }

  tell(method: string, params: JsonObject = {}): void {
    this.#post({ method, params });
  }

  #post(message: JsonObject): void {
    // Whoever the host is: what it gets is from its own server, and its origin is not told to the page.
    this.#host.postMessage({ jsonrpc: "2.0", ...message }, "*");
  }
}
