/** What a client might send: requests that are right, nearly right, and not at all. Pure. */
import type { Draws } from "../corpus_generator/draws.ts";
import { HOSTILE_VALUES } from "./hostile_values.ts";

export interface Sent {
  /** One line, without its end. */
  readonly bytes: Uint8Array;
  /** Of a request that has to be answered under it, once, whatever the answer. */
  readonly id?: string | number;
  /** Of a request that needs no answer any more. */
  readonly cancels?: number;
}

const TOOLS = [
  "list_sessions",
  "session_cost",
  "cache_status",
  "usage_report",
  "cache_misses",
  "advise",
  "list_traces",
];
const OTHER_TOOLS = [
  ..."rm constructor __proto__ launch_traced launch_pi_traced run_status cancel_run".split(" "),
  "",
];
const METHODS = [
  ..."ping tools/list resources/list resources/templates/list prompts/list logging/setLevel initialize".split(" "),
  ..."resources/read prompts/get completion/complete tools/run __proto__ tasks/list".split(" "),
];
const ARGUMENTS = [
  ..."limit session source sources since until as_of cursor project model provider by sort cache turns".split(" "),
  ..."include_text includeText group_by timezone cwd prompt constructor __proto__ query all".split(" "),
];
const TEXTS = [
  ..."latest current 5 0 -1 day model session pi claude codex now today 7d last cost 2026-11-20T12:00:00Z".split(" "),
  "opper-agent://sessions",
  "opper-agent://session/latest",
  "opper-agent://session/..%2f..%2fetc%2fpasswd",
];

/** @param number Of the request, so that ids differ */
export function drawRequest(draws: Draws, number: number): Sent {
  const kind = draws.pick([
    "call",
    "call",
    "call",
    "method",
    "method",
    "notification",
    "noise",
    "noise",
    "wrong shape",
  ]);
  if (kind === "noise") return { bytes: drawNoise(draws) };
  const id = draws.chance(0.7) ? number : `${number}${draws.pick(["", "-x", "é", "\u202e", " "])}`;
  if (kind === "wrong shape") return { bytes: encode(drawWrongShape(draws, id)) };
  if (kind === "notification") {
    if (draws.chance(0.3)) return drawCancellation(draws, number);
    const method = draws.pick(["notifications/initialized", "notifications/progress", "x"]);
    return { bytes: encode(`{"jsonrpc":"2.0","method":"${method}","params":${drawParameters(draws)}}`) };
  }
  const method = kind === "call" ? "tools/call" : draws.pick(METHODS);
  const params = kind === "call" ? drawCall(draws) : drawParameters(draws);
  const text = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":${JSON.stringify(method)},"params":${params}}`;
  // Nested more deeply, or longer, than a server has to take: it may refuse the line as a whole.
  const isTakenWhole = text.length < 500_000 && !/\[{500}|({"a":){500}/.test(text);
  return { bytes: encode(text), ...(isTakenWhole ? { id } : {}) };
}

function drawCancellation(draws: Draws, number: number): Sent {
  const cancels = number - draws.whole(-3, 3);
  const params = `{"requestId":${cancels},"reason":${draws.pick(HOSTILE_VALUES)(draws)}}`;
  return { bytes: encode(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`), cancels };
}

function drawCall(draws: Draws): string {
  const name = JSON.stringify(draws.chance(0.85) ? draws.pick(TOOLS) : draws.pick(OTHER_TOOLS));
  return `{"name":${name},"arguments":${draws.chance(0.9) ? drawArguments(draws) : draws.pick(HOSTILE_VALUES)(draws)}}`;
}

function drawArguments(draws: Draws): string {
  const members = Array.from({ length: draws.whole(0, 4) }, () => {
    const value = draws.chance(0.4) ? draws.pick(HOSTILE_VALUES)(draws) : JSON.stringify(draws.pick(TEXTS));
    return `${JSON.stringify(draws.pick(ARGUMENTS))}:${value}`;
  });
  return `{${members}}`;
}

function drawParameters(draws: Draws): string {
  if (draws.chance(0.3)) return draws.pick(HOSTILE_VALUES)(draws);
  return `{"uri":${JSON.stringify(draws.pick(TEXTS))},"name":${draws.pick(HOSTILE_VALUES)(draws)},"cursor":${
    draws.pick(['""', "null", '"x"'])
  }}`;
}

/** Requests by the look of it, which a server may answer under no id. */
function drawWrongShape(draws: Draws, id: string | number): string {
  const known = JSON.stringify(id);
  return draws.pick([
    `[{"jsonrpc":"2.0","id":${known},"method":"ping"}]`,
    "[]",
    "{}",
    "null",
    `{"jsonrpc":"1.0","id":${known},"method":"ping"}`,
    `{"id":${known},"method":"ping"}`,
    `{"jsonrpc":"2.0","id":${draws.pick(HOSTILE_VALUES)(draws)},"method":"ping"}`,
    `{"jsonrpc":"2.0","id":${known},"method":${draws.pick(HOSTILE_VALUES)(draws)}}`,
    `{"jsonrpc":"2.0","id":${known},"result":{}}`,
    `{"jsonrpc":"2.0","id":${known},"error":{"code":1,"message":"x"}}`,
    `{"jsonrpc":"2.0","id":${known},"method":"ping"} {"jsonrpc":"2.0","id":${known},"method":"ping"}`,
    `{"jsonrpc":"2.0","id":${known},"method":"ping"`,
  ]);
}

function drawNoise(draws: Draws): Uint8Array {
  const length = draws.logUniform(1, 20_000);
  const isText = draws.chance(0.3);
  return Uint8Array.from({ length }, () => {
    const byte = draws.whole(isText ? 32 : 0, isText ? 126 : 255);
    return byte === 10 ? 11 : byte;
  });
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text.replaceAll("\n", " "));
}
