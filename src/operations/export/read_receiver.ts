/** Whom rows are sent to, and with which headers: from a file or the environment, never from arguments. */
import { AgentError } from "../../core/errors.ts";
import { expandHome } from "../../core/said_place.ts";
import type { Receiver } from "../../gateways/receivers/send_body.ts";
import type { OperationContext } from "../contract/context.ts";

/** Ways to send rows, as flags are called. */
export const SENDING_WAYS = ["post", "put", "otlp"] as const;

export type SendingWay = (typeof SENDING_WAYS)[number];

/** The standard's: `name=value` with commas between, values encoded as in addresses. */
const HEADERS_VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS";

/**
 * @param typed The address
 * @throws {AgentError} usage, for an address that cannot be sent to; failed, for a file that cannot be read
 */
export function readReceiver(
  way: SendingWay,
  typed: string,
  headersFile: string | undefined,
  { account }: OperationContext,
): Receiver {
  const { machine } = account;
  const url = URL.parse(typed);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new AgentError("usage", `Expected an address with https:// for --${way}, not "${typed}".`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new AgentError("usage", `The address of --${way} has a name or a password in it, which others could read.`, {
      hint: "Put a line such as `Authorization: Basic …` into a file, and name it with --headers-file.",
    });
  }
  if (way === "otlp" && !/\/v1\/logs\/?$/.test(url.pathname)) {
    url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/logs`;
  }
  const headers = headersFile === undefined
    ? way === "otlp" ? readVariable(machine.env[HEADERS_VARIABLE] ?? "") : {}
    : readFile(headersFile, machine);
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (Object.keys(headers).length > 0 && url.protocol === "http:" && !isHere) {
    throw new AgentError("usage", `Headers would go to ${url.host} for everybody on the way to read.`, {
      hint: "Use https://, or a collector on this machine.",
    });
  }
  return { url, headers, fetch: account.fetch };
}

/** `Name: value` a line. */
function readFile(said: string, { home, cwd, join, readNamedFile }: OperationContext["account"]["machine"]) {
  const path = expandHome(said, home);
  const text = readNamedFile(/^([/\\]|[A-Za-z]:[/\\])/.test(path) ? path : join(cwd, path), 1 << 16);
  if (text === undefined) {
    throw new AgentError("failed", `The headers file "${path}" cannot be read.`, { hint: "Nothing was sent." });
  }
  const headers: Record<string, string> = {};
  for (const [place, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw wrongHeader(`Line ${place + 1} of "${path}"`);
    headers[name] = value;
  }
  return checkHeaders(headers, `"${path}"`);
}

function readVariable(text: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const part of text.split(",").filter((part) => part.trim() !== "")) {
    const at = part.indexOf("=");
    if (at < 1) throw wrongHeader(HEADERS_VARIABLE);
    headers[part.slice(0, at).trim()] = decodeValue(part.slice(at + 1).trim());
  }
  return checkHeaders(headers, HEADERS_VARIABLE);
}

function decodeValue(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** What the runtime would refuse later, with the value in its words. */
function checkHeaders(headers: Record<string, string>, where: string): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw wrongHeader(where);
  }
  return headers;
}

function wrongHeader(where: string): AgentError {
  return new AgentError("usage", `${where} is no header: expected a name and a value.`, {
    hint: "For example: Authorization: Bearer …",
  });
}
