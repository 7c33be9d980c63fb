/**
 * Both eras of the protocol over one connection: requests of revision 2026-07-28, each of which says its version and what
 * its client can do, beside those of clients that open with `initialize`.
 *
 * Stands between the transport and whoever answers. Modern requests are checked and handed on as they are; their answers
 * get what the revision asks of every result. `server/discover` and `subscriptions/listen` are answered here. An old
 * request, which has none of the new fields, passes untouched both ways.
 *
 * Sources: Model Context Protocol 2026-07-28, "Basic", "Versioning", "Server/Discover", "Utilities: Caching", "Patterns:
 * Subscriptions".
 */
import { isRecord } from "../core/json/is_record.ts";
import {
  CAPABILITIES_KEY,
  CLIENT_KEY,
  isProgressToken,
  knowsTasks,
  SERVER_KEY,
  SUBSCRIPTION_KEY,
  tasksNeeded,
  VERSION_KEY,
} from "./envelope.ts";
import type { RpcMessage } from "./line_transport.ts";
import type { JsonObject } from "./tools/tool_definition.ts";

/** The revision whose requests say what they are. */
const MODERN_VERSION = "2026-07-28";
/** Those that begin with a handshake, the latest first. */
export const LEGACY_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07"] as const;

const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const UNSUPPORTED_VERSION = -32022;
/** Of the old era alone. */
const RESOURCE_NOT_FOUND = -32002;

/** What the revision took away: answered to old clients alone. */
const REMOVED_METHODS: ReadonlySet<string> = new Set([
  "initialize",
  "ping",
  "logging/setLevel",
  "resources/subscribe",
  "resources/unsubscribe",
  "tasks/list",
  "tasks/result",
]);
/** What the revision brought: these are modern whatever they say of themselves. */
const ADDED_METHODS: ReadonlySet<string> = new Set(["server/discover", "subscriptions/listen"]);

/** How long a client may keep an answer, and whether it holds anything of one user. */
export interface CacheHint {
  readonly ttlMs: number;
  readonly cacheScope: "public" | "private";
}

/** What a client of either era is told of the server. */
export interface ServerDescription {
  readonly serverInfo: { readonly name: string; readonly title: string; readonly version: string };
  readonly capabilities: JsonObject;
  /** What is told of to clients of the new era alone, by the extension's name. */
  readonly extensions: JsonObject;
  readonly instructions: string;
  /** By method. A result with hints of its own keeps those. */
  readonly cacheHints: Readonly<Record<string, CacheHint>>;
}

/** What carries messages. */
export interface MessageTransport {
  onmessage?: (message: RpcMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** When all input was read, and answers that came in time were sent: the moment for last words. */
  onending?: () => void;
  start(): Promise<void>;
  send(message: RpcMessage): Promise<void>;
  close(): Promise<void>;
  /** The end of the input does not wait for the answer to this request. */
  forget(id: unknown): void;
}

type RequestId = string | number;
type ModernRequest = RpcMessage & { readonly id: RequestId; readonly method: string };

/** Of one connection, from its start to its end. */
export class DualEra {
  onmessage?: (message: RpcMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;

  readonly #wire: MessageTransport;
  readonly #description: ServerDescription;
  /** Methods of modern requests that are being answered, by their ids. */
  readonly #modern = new Map<RequestId, string>();
  /** Requests `subscriptions/listen` that are open. */
  readonly #listening = new Set<RequestId>();

  constructor(wire: MessageTransport, description: ServerDescription) {
    this.#wire = wire;
    this.#description = description;
  }

  start(): Promise<void> {
    this.#wire.onmessage = (message) => this.#receive(message);
    this.#wire.onclose = () => this.onclose?.();
    this.#wire.onerror = (error) => this.onerror?.(error);
    this.#wire.onending = () => this.endSubscriptions();
    return this.#wire.start();
  }

  close(): Promise<void> {
    this.endSubscriptions();
    return this.#wire.close();
  }

  /** Tells whoever listens that nothing more comes, as long as something can be said. Doing it twice says it once. */
  endSubscriptions(): void {
    for (const id of this.#listening) {
      this.#wire.send({ jsonrpc: "2.0", id, result: this.#complete({ _meta: { [SUBSCRIPTION_KEY]: id } }) });
    }
    this.#listening.clear();
  }

  send(message: RpcMessage): Promise<void> {
    const { id } = message;
    if (message.method !== undefined || !isRequestId(id)) return this.#wire.send(message);
    const method = this.#modern.get(id);
    if (method === undefined) return this.#wire.send(message);
    this.#modern.delete(id);
    const { result, error } = message;
    return this.#wire.send(
      isRecord(result)
        ? { ...message, result: this.#complete(result, method) }
        : { ...message, error: modernError(error) },
    );
  }

  #receive(message: RpcMessage): void {
    const { id, method } = message;
    if (method === undefined) {
      // An answer: this server asks nothing.
      return;
    }
    if (!isRequestId(id)) {
      if (method === "notifications/cancelled") this.#cancel(message);
      this.onmessage?.(message);
      return;
    }
    const request = { ...message, id, method };
    if (!isModern(request)) {
      this.onmessage?.(message);
      return;
    }
    const problem = problemOf(request);
    if (problem !== undefined) {
      this.#fail(id, problem);
    } else if (method === "server/discover") {
      const { extensions, instructions } = this.#description;
      const capabilities = {
        ...this.#description.capabilities,
        ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
      };
      const supportedVersions = [MODERN_VERSION, ...LEGACY_VERSIONS];
      this.#wire.send({
        jsonrpc: "2.0",
        id,
        result: this.#complete({ supportedVersions, capabilities, instructions }, method),
      });
    } else if (method === "subscriptions/listen") this.#listen(request);
    else if (REMOVED_METHODS.has(method)) this.#fail(id, { code: METHOD_NOT_FOUND, message: "Method not found" });
    else {
      this.#modern.set(id, method);
      this.onmessage?.(message);
    }
  }

  #cancel({ params }: RpcMessage): void {
    const id = isRecord(params) ? params["requestId"] : undefined;
    if (!isRequestId(id)) return;
    this.#modern.delete(id);
    this.#listening.delete(id);
  }

  /** Nothing that can be listened to changes while this server lives: what is asked for is acknowledged as none of it. */
  #listen({ id, params = {} }: ModernRequest): void {
    const { notifications: asked, _meta: meta } = params as JsonObject;
    if (isRecord(asked) && asked["taskIds"] !== undefined && !knowsTasks(meta as JsonObject)) {
      const { code, message, data } = tasksNeeded();
      this.#fail(id, { code, message, data });
      return;
    }
    if (!isRecord(asked)) {
      this.#fail(id, { code: INVALID_PARAMS, message: "subscriptions/listen: notifications: expected an object" });
      return;
    }
    this.#listening.add(id);
    this.#wire.forget(id);
    this.#wire.send({
      jsonrpc: "2.0",
      method: "notifications/subscriptions/acknowledged",
      params: { _meta: { [SUBSCRIPTION_KEY]: id }, notifications: {} },
    });
  }

  /** With what every result of the revision has. */
  #complete(result: JsonObject, method?: string): JsonObject {
    const meta = isRecord(result["_meta"]) ? result["_meta"] : {};
    return {
      resultType: "complete",
      ...(method === undefined ? {} : this.#description.cacheHints[method]),
      ...result,
      _meta: { ...meta, [SERVER_KEY]: this.#description.serverInfo },
    };
  }

  #fail(
    id: RequestId,
    error: { readonly code: number; readonly message: string; readonly data?: JsonObject | undefined },
  ): void {
    this.#wire.send({ jsonrpc: "2.0", id, error });
  }
}

/** Who says its version or what it can do is of the new era; who says neither may be a client without a handshake. */
function isModern({ method, params }: ModernRequest): boolean {
  if (ADDED_METHODS.has(method)) return true;
  const meta = isRecord(params) ? params["_meta"] : undefined;
  return isRecord(meta) && (Object.hasOwn(meta, VERSION_KEY) || Object.hasOwn(meta, CAPABILITIES_KEY));
}

/** What is wrong with what a modern request says of itself. */
function problemOf({ params }: ModernRequest) {
  const sent = isRecord(params) ? params["_meta"] : undefined;
  const meta = isRecord(sent) ? sent : {};
  const version = meta[VERSION_KEY];
  if (typeof version !== "string") return missing(VERSION_KEY, "the version of the protocol");
  if (version !== MODERN_VERSION) {
    const supported = [MODERN_VERSION, ...LEGACY_VERSIONS];
    // Cut, as it is somebody else's text, and may be megabytes.
    const requested = version.slice(0, 100);
    return { code: UNSUPPORTED_VERSION, message: "Unsupported protocol version", data: { supported, requested } };
  }
  if (!isRecord(meta[CAPABILITIES_KEY])) return missing(CAPABILITIES_KEY, "an object");
  if (meta[CLIENT_KEY] !== undefined && !isRecord(meta[CLIENT_KEY])) return missing(CLIENT_KEY, "an object");
  if (!isProgressToken(meta["progressToken"])) return missing("progressToken", "text or a whole number");
  return undefined;
}

function missing(key: string, expected: string) {
  return { code: INVALID_PARAMS, message: `_meta["${key}"]: expected ${expected}` };
}

/** The revision has one code for what is not there and what is not understood. */
function modernError(error: unknown): unknown {
  return isRecord(error) && error["code"] === RESOURCE_NOT_FOUND ? { ...error, code: INVALID_PARAMS } : error;
}

function isRequestId(id: unknown): id is RequestId {
  return typeof id === "string" || typeof id === "number";
}
