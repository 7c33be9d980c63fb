/** What a real client and our server said to each other, through exchange_pipe.mjs, and what must hold for each era. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { isRecord } from "../../src/core/json/is_record.ts";
import type { Json } from "./mcp_client.ts";
import { realNode } from "./real_pi.ts";
import { agentCommand, agentEnvironment } from "./run_agent.ts";

const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
const MODERN_VERSION = "2026-07-28";

/** All that was said to and by one process of the server. */
export interface Exchange {
  readonly fromClient: readonly Json[];
  readonly fromServer: readonly Json[];
  /** Of both, in the order in which they were handed on. */
  readonly messages: readonly Json[];
}

/**
 * What a client is to start as its server: ours, behind the pipe.
 *
 * @param file Where the exchange is written
 */
export async function pipedServer(file: string, home: string): Promise<readonly [program: string, ...args: string[]]> {
  const pipe = fileURLToPath(new URL("exchange_pipe.mjs", import.meta.url));
  // Clients hand on little of their environment; DENO_DIR is for a program that is not compiled yet.
  const env = ["env", `DENO_DIR=${agentEnvironment({ home })["DENO_DIR"]}`];
  return [await realNode(), pipe, file, ...env, ...agentCommand(), "mcp"];
}

/** One for each process, in the order of their first words. */
export async function readExchanges(file: string): Promise<readonly Exchange[]> {
  const exchanges = new Map<number, Record<keyof Exchange, Json[]>>();
  for (const text of (await Deno.readTextFile(file)).trim().split("\n")) {
    const { pid, from, line } = JSON.parse(text) as { pid: number; from: "client" | "server"; line?: string };
    if (!exchanges.has(pid)) exchanges.set(pid, { fromClient: [], fromServer: [], messages: [] });
    if (line === undefined) continue;
    const { fromClient, fromServer, messages } = exchanges.get(pid)!;
    const message = JSON.parse(line) as Json;
    messages.push(message);
    (from === "client" ? fromClient : fromServer).push(message);
  }
  return [...exchanges.values()];
}

/** @throws {AssertionError} when there was not one process alone */
export async function readExchange(file: string): Promise<Exchange> {
  const [exchange, ...others] = await readExchanges(file);
  ok(exchange !== undefined && others.length === 0, `${others.length + 1} processes`);
  return exchange;
}

/** Every request was of revision 2026-07-28, and every answer was what that asks for. */
export function checkModern(exchange: Exchange): void {
  const requests = requestsOf(exchange);
  ok(requests.length > 0);
  for (const { method, params } of requests) {
    const meta = isRecord(params) ? params["_meta"] : undefined;
    strictEqual(isRecord(meta) ? meta[VERSION_KEY] : undefined, MODERN_VERSION, String(method));
    ok(method !== "initialize");
  }
  for (const result of resultsOf(exchange)) strictEqual(result["resultType"], "complete");
}

/** A handshake of an old revision, and nothing of the new one from then on. */
export function checkLegacy(exchange: Exchange, version: string): void {
  const [first, second] = exchange.fromClient;
  deepStrictEqual([first!["method"], second!["method"]], ["initialize", "notifications/initialized"]);
  strictEqual((first!["params"] as Json)["protocolVersion"], version);
  strictEqual(resultOf(exchange, "initialize")["protocolVersion"], version);
  ok(!JSON.stringify(exchange.fromClient).includes(VERSION_KEY));
  for (const result of resultsOf(exchange)) strictEqual(result["resultType"], undefined);
}

/** Whether the client went on with the handshake of old before it had an answer to its first request. */
export function isGivenUpOn({ messages }: Exchange, method: string): boolean {
  const [first] = messages;
  const handshake = messages.findIndex((message) => message["method"] === "initialize");
  const answer = messages.findIndex((message) => message["method"] === undefined && message["id"] === first!["id"]);
  return first!["method"] === method && handshake !== -1 && (answer === -1 || answer > handshake);
}

export function methodsOf(exchange: Exchange): readonly string[] {
  return requestsOf(exchange).map(({ method }) => String(method));
}

/** Of the first request of a method. @throws {AssertionError} when it was not asked or not answered with a result */
export function resultOf(exchange: Exchange, method: string): Json {
  const request = requestsOf(exchange).find((it) => it["method"] === method);
  ok(request !== undefined, `${method} was not asked`);
  const answer = exchange.fromServer.find(({ id, method }) => method === undefined && id === request["id"]);
  ok(isRecord(answer?.["result"]), `${method} was answered with ${JSON.stringify(answer)}`);
  return answer["result"];
}

/** Holds an exchange to one call that worked. @returns what the tool said, as text */
export function checkToolCall(exchange: Exchange, tool: string, args: Json): string {
  const calls = requestsOf(exchange).filter(({ method }) => method === "tools/call");
  deepStrictEqual(
    calls.map(({ params }) => [(params as Json)["name"], (params as Json)["arguments"]]),
    [[tool, args]],
  );
  const { isError, content } = resultOf(exchange, "tools/call");
  ok(isError !== true);
  return (content as readonly { readonly text: string }[])[0]!.text;
}

function requestsOf({ fromClient }: Exchange): readonly Json[] {
  return fromClient.filter(({ id }) => id !== undefined);
}

function resultsOf({ fromServer }: Exchange): readonly Json[] {
  return fromServer.map(({ result }) => result).filter(isRecord);
}
