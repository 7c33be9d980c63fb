/**
 * The server's half of JSON-RPC: a request goes to whoever handles its method, its answer back under its id, and one that
 * is cancelled is aborted and not answered. Knows the handshake of the old era; the new one is dual_era.ts.
 *
 * Our own, in place of the SDK's Protocol, which with zod took half of the time to the first answer (1.32.2), most of it
 * for schemas of messages that are never sent here, and for requests from server to client, which the protocol has given up.
 */
import { isRecord } from "../core/json/is_record.ts";
import { AgentError } from "../core/errors.ts";
import { type DualEra, LEGACY_VERSIONS, type ServerDescription } from "./dual_era.ts";
import { isProgressToken } from "./envelope.ts";
import type { RpcMessage } from "./line_transport.ts";
import { readObject, readText } from "./parameters.ts";
import { messageOf, ProtocolError } from "./protocol_error.ts";
import type { JsonObject } from "./tools/tool_definition.ts";

type RequestId = string | number;

/** What a handler may use beside its parameters. */
export interface RequestExtra {
  /** Aborted when the client cancels the request, or goes away. */
  readonly signal: AbortSignal;
  /** Of who wants to hear how far it is. */
  readonly progressToken?: string | number;
  /** What the request says of itself. */
  readonly meta: JsonObject;
  notify(method: string, params: JsonObject): void;
}

/** @throws {ProtocolError} what the protocol has a code for; an AgentError is answered as wrong parameters */
export type Handler = (params: JsonObject, extra: RequestExtra) => Promise<JsonObject> | JsonObject;

const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;

/** Of one connection. */
export class ProtocolServer {
  /** Called once, when nothing more can be said. */
  onclose?: () => void;

  readonly #transport: DualEra;
  readonly #reportBug: (error: unknown) => string;
  readonly #handlers = new Map<string, Handler>();
  readonly #running = new Map<RequestId, AbortController>();

  /** @param reportBug takes what nobody expected, and gives a sentence for the client */
  constructor(transport: DualEra, description: ServerDescription, reportBug: (error: unknown) => string) {
    this.#transport = transport;
    this.#reportBug = reportBug;
    const { capabilities, serverInfo, instructions } = description;
    this.handle("initialize", (params) => {
      const asked = readText(params, "protocolVersion");
      readObject(params, "capabilities");
      const client = readObject(params, "clientInfo");
      for (const name of ["name", "version"]) readText(client, name);
      const protocolVersion = LEGACY_VERSIONS.find((version) => version === asked) ?? LEGACY_VERSIONS[0];
      return { protocolVersion, capabilities, serverInfo, instructions };
    });
    this.handle("ping", () => ({}));
  }

  /** Answers a method with what `handler` gives. */
  handle(method: string, handler: Handler): void {
    this.#handlers.set(method, handler);
  }

  /** Begins to listen. */
  start(): Promise<void> {
    this.#transport.onmessage = (message) => this.#receive(message);
    this.#transport.onerror = (error) => void this.#reportBug(error);
    this.#transport.onclose = () => {
      for (const controller of this.#running.values()) controller.abort();
      this.onclose?.();
    };
    return this.#transport.start();
  }

  #receive({ id, method, params }: RpcMessage): void {
    if (method === undefined) return;
    const sent = isRecord(params) ? params : {};
    if (typeof id === "string" || typeof id === "number") this.#answer(id, method, sent);
    else if (method === "notifications/cancelled") this.#running.get(sent["requestId"] as RequestId)?.abort();
  }

  async #answer(id: RequestId, method: string, params: JsonObject): Promise<void> {
    const handler = this.#handlers.get(method);
    const meta = params["_meta"] ?? {};
    if (!isRecord(meta) || !isProgressToken(meta["progressToken"])) {
      this.#fail(id, INVALID_REQUEST, "The message is not one of this protocol: look at its _meta.");
      return;
    }
    if (handler === undefined) {
      this.#fail(id, METHOD_NOT_FOUND, "Method not found");
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    this.#running.set(id, controller);
    try {
      const result = await handler(params, {
        signal,
        meta,
        progressToken: meta["progressToken"],
        notify: (method, params) => {
          if (!signal.aborted) this.#transport.send({ jsonrpc: "2.0", method, params });
        },
      });
      if (!signal.aborted) this.#transport.send({ jsonrpc: "2.0", id, result });
    } catch (error) {
      if (!signal.aborted) this.#failWith(id, error);
    } finally {
      if (this.#running.get(id) === controller) this.#running.delete(id);
    }
  }

  #failWith(id: RequestId, error: unknown): void {
    const known = error instanceof ProtocolError
      ? error
      : error instanceof AgentError
      ? new ProtocolError("invalid_params", messageOf(error))
      : new ProtocolError("internal", this.#reportBug(error));
    this.#fail(id, known.code, known.message, known.data);
  }

  #fail(id: RequestId, code: number, message: string, data?: JsonObject): void {
    const error = { code, message, ...(data === undefined ? {} : { data }) };
    this.#transport.send({ jsonrpc: "2.0", id, error });
  }
}
