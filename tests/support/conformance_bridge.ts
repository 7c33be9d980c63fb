/**
 * HTTP before our server, which speaks over standard input and output alone, for the conformance suite, which speaks HTTP
 * alone. What belongs to HTTP is answered here: sessions, headers, status codes, streams. Everything else is the server's.
 *
 * `initialize` starts a process for its session, as a client of that era would; all that comes without a session goes to
 * one process, as revision 2026-07-28 has no sessions.
 *
 * Source: Model Context Protocol 2025-11-25 and 2026-07-28, "Transports: Streamable HTTP".
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isRecord } from "../../src/core/json/is_record.ts";
import type { Json } from "./mcp_client.ts";
import { StdioServer, type StdioServerOptions } from "./stdio_server.ts";

const MODERN_VERSION = "2026-07-28";
const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;
const METHOD_NOT_FOUND = -32601;
const HEADER_MISMATCH = -32020;
/** Codes that revision 2026-07-28 gives a status of their own; other errors come with 200, as results do. */
const STATUS: ReadonlyMap<unknown, number> = new Map([
  [METHOD_NOT_FOUND, 404],
  [INVALID_PARAMS, 400],
  [HEADER_MISMATCH, 400],
  [-32021, 400],
  [-32022, 400],
]);
/** What the header `Mcp-Name` repeats. */
const NAMED_BY: Readonly<Record<string, string>> = {
  "tools/call": "name",
  "prompts/get": "name",
  "resources/read": "uri",
  "tasks/get": "taskId",
  "tasks/update": "taskId",
  "tasks/cancel": "taskId",
};

interface RpcError {
  readonly code: number;
  readonly message: string;
}

export interface ConformanceBridge extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/mcp` */
  readonly url: string;
  /**
   * Ends every server by the end of its input.
   *
   * @returns what was wrong with them: exit status, standard error, and messages that belong to no request
   */
  close(): Promise<readonly string[]>;
}

/** @param options How the server is started, once for all that have no session and once for each session */
export async function startConformanceBridge(options: StdioServerOptions): Promise<ConformanceBridge> {
  const shared = new StdioServer(options);
  const sessions = new Map<string, StdioServer>();
  const servers = [shared];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method } = request;
    const refuse = (status: number, { code, message }: RpcError, id: unknown = null) =>
      sendJson(response, status, { jsonrpc: "2.0", id, error: { code, message } });
    if (!isLocal(headers)) return refuse(403, { code: INVALID_REQUEST, message: "Not for other hosts and origins" });
    const sessionId = headers["mcp-session-id"];
    const session = typeof sessionId === "string" ? sessions.get(sessionId) : undefined;
    if (sessionId !== undefined && session === undefined) {
      return refuse(404, { code: INVALID_REQUEST, message: "No such session" });
    }
    if (method === "DELETE" && session !== undefined) {
      sessions.delete(String(sessionId));
      void session.close();
      return sendStatus(response, 204);
    }
    // The server has nothing to say unasked, for which GET would be.
    if (method !== "POST") return sendStatus(response, 405);
    const message = parse(await readText(request));
    if (message === undefined) return refuse(400, { code: PARSE_ERROR, message: "No JSON" });
    if (!isRecord(message)) return refuse(400, { code: INVALID_REQUEST, message: "No message" });
    if (session !== undefined) return deliver(message, session, response, false);

    const isModern = isOfNewEra(message, headers);
    if (message["method"] === "initialize" && !isModern) {
      const id = crypto.randomUUID();
      const server = new StdioServer(options);
      sessions.set(id, server);
      servers.push(server);
      response.setHeader("mcp-session-id", id);
      return deliver(message, server, response, false);
    }
    const problem = isModern ? problemOf(message, headers) : undefined;
    if (problem !== undefined) return refuse(400, problem, message["id"]);
    deliver(message, shared, response, isModern);
  }

  const http = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    async close() {
      const problems = await Promise.all(servers.map(async (server) => {
        const code = await server.close();
        return [...(code === 0 ? [] : [`ended with ${code}`]), ...server.strays, server.stderr];
      }));
      return problems.flat().filter((problem) => problem !== "");
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** An answer at once is plain JSON; a stream begins when something else comes first. */
function deliver(message: Json, server: StdioServer, response: ServerResponse, isModern: boolean): void {
  if (message["id"] === undefined || message["method"] === undefined) {
    server.tell(message);
    sendStatus(response, 202);
    return;
  }
  const cancel = server.ask(message, (received, isAnswer) => {
    if (isAnswer && !response.headersSent) {
      const code = isRecord(received["error"]) ? received["error"]["code"] : undefined;
      sendJson(response, isModern ? STATUS.get(code) ?? 200 : 200, received);
      return;
    }
    if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`event: message\ndata: ${JSON.stringify(received)}\n\n`);
    if (isAnswer) response.end();
  });
  // In the new era a client that goes away cancels; in the old one it has to say so.
  if (isModern) response.on("close", cancel);
}

/** Whoever says a version without a handshake, in a header or in the body, unless it is an old one. */
function isOfNewEra({ method, params }: Json, headers: IncomingHttpHeaders): boolean {
  const said = versionOf(params);
  const header = headers["mcp-protocol-version"];
  return said !== undefined || (header !== undefined && header >= MODERN_VERSION) || method === "server/discover";
}

/** Headers say again what the body says. */
function problemOf({ method, params }: Json, headers: IncomingHttpHeaders): RpcError | undefined {
  const version = versionOf(params);
  // Without a version in the body there is nothing to compare, and the server cannot see that of the header.
  if (version === undefined) return { code: INVALID_PARAMS, message: `_meta["${VERSION_KEY}"] is missing` };
  const key = NAMED_BY[String(method)];
  const name = key !== undefined && isRecord(params) ? params[key] : undefined;
  for (const [header, value] of [["mcp-protocol-version", version], ["mcp-method", method], ["mcp-name", name]]) {
    if (value === undefined || headers[String(header)] === value) continue;
    return { code: HEADER_MISMATCH, message: `The header ${header} is not what the body says` };
  }
  return undefined;
}

function versionOf(params: unknown): unknown {
  const meta = isRecord(params) ? params["_meta"] : undefined;
  return isRecord(meta) ? meta[VERSION_KEY] : undefined;
}

/** A page of elsewhere that found its way here gives itself away by one of the two. */
function isLocal({ host, origin }: IncomingHttpHeaders): boolean {
  const hosts = [`http://${host}`, ...(origin === undefined ? [] : [origin])];
  return hosts.every((url) => URL.canParse(url) && ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname));
}

function sendJson(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function sendStatus(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
