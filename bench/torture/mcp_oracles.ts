/** What is never right in what a server sends. Pure. */
import type { Fault } from "./campaign.ts";
import { faultsOfValue, show } from "./oracles.ts";

interface Message {
  readonly jsonrpc?: unknown;
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text?: unknown }[]; readonly structuredContent?: unknown };
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

/** A client may print what a tool says. A line feed or a tab does no harm. */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** @param wanted Ids of the requests that had to be answered */
export function faultsOfLines(lines: readonly Uint8Array[], wanted: readonly (string | number)[]): readonly Fault[] {
  const faults: Fault[] = [];
  const answers = new Map<unknown, number>();
  for (const line of lines) {
    const message = parseMessage(line);
    if (message === undefined) {
      faults.push({ kind: "a line that is no message", what: show(new TextDecoder().decode(line)) });
      continue;
    }
    if (message.id !== undefined && message.id !== null) answers.set(message.id, (answers.get(message.id) ?? 0) + 1);
    faults.push(...faultsOfMessage(message));
  }
  for (const id of wanted) {
    const count = answers.get(id) ?? 0;
    if (count !== 1) faults.push({ kind: count === 0 ? "no answer" : "two answers", what: `${count} to ${show(id)}` });
  }
  return faults;
}

function faultsOfMessage({ id, result, error }: Message): readonly Fault[] {
  const faults: Fault[] = [];
  if ((result === undefined) === (error === undefined) && id !== undefined) {
    faults.push({ kind: "neither result nor error", what: show(id) });
  }
  const texts = [...(result?.content ?? []).map(({ text }) => text), error?.message]
    .filter((text) => typeof text === "string");
  for (const text of texts) {
    const control = CONTROLS.exec(text.replaceAll(/[\n\t]/g, ""))?.[0];
    if (control !== undefined) faults.push({ kind: "control character", what: show(text) });
    if (/this is a bug/i.test(text) || error?.code === -32603) faults.push({ kind: '"this is a bug"', what: text });
  }
  faults.push(...faultsOfValue(result?.structuredContent ?? null), ...faultsOfValue(texts));
  return faults;
}

/** Of an answer; undefined for any other line. */
export function idOf(line: Uint8Array): unknown {
  return parseMessage(line)?.id;
}

function parseMessage(line: Uint8Array): Message | undefined {
  try {
    const message = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line)) as Message;
    return message?.jsonrpc === "2.0" ? message : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    return undefined;
  }
}
