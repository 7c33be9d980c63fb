/**
 * What asks the program: `client.ask("cost", { by: "day" })` is `GET /api/v1/cost?by=day`, and `client.live` what the
 * stream says. An exported page has its answers inside: then nothing is asked, and nothing is live.
 *
 * In a component, use {@linkcode useAnswer}: it asks again when fields change and when the program has read something new.
 */
import { useEffect, useState } from "preact/hooks";
import type { EpochMs } from "../core/model.ts";
import { answerKey, type AskedFields } from "../core/answer_key.ts";
import { AskError, failureOf } from "./ask_error.ts";
import { type LiveState, openLiveStream } from "./live.ts";
import { setClock, stopClock } from "./clock.ts";
import { Signal, type Watched } from "./signal.ts";
import { useValue } from "./use_value.ts";

const API = "/api/v1";

export interface Client {
  /** The document of `--json`. @throws {AskError} with the program's own message and hint */
  ask(operation: string, fields: AskedFields, signal?: AbortSignal): Promise<unknown>;
  readonly live: Watched<LiveState>;
}

/** Answers to the same question: asked again, an unchanged one is not sent again. */
interface Kept {
  readonly tag: string;
  readonly answer: unknown;
}

const MOST_KEPT = 60;

/** A client of the program that served the page. @param found undefined: the page was opened without a key */
export function connectClient(found: Promise<string | undefined>): Client {
  const kept = new Map<string, Kept>();
  const live = new Signal<LiveState>({ connection: "connecting" });
  // What is drawn without figures is drawn meanwhile: the program may be reading, and answers late.
  const sent = found.then((key) => {
    const headers = key === undefined ? undefined : { authorization: `Bearer ${key}` };
    if (headers === undefined) live.value = { connection: "refused" };
    else openLiveStream(`${API}/live`, headers, live);
    return headers;
  });
  return {
    live,
    async ask(operation, fields, signal) {
      const headers = await sent;
      if (headers === undefined) throw new AskError(NO_KEY.message, NO_KEY.hint);
      const question = answerKey(operation, fields);
      const known = kept.get(question);
      const response = await fetch(`${API}/${question}`, {
        headers: { ...headers, ...known && { "if-none-match": known.tag } },
        signal,
      });
      if (response.status === 304 && known !== undefined) return known.answer;
      if (response.status === 401) live.value = { ...live.value, connection: "refused" };
      const answer = await readAnswer(response);
      const tag = response.headers.get("etag");
      if (tag !== null) keep(kept, question, { tag, answer });
      return answer;
    },
  };
}

/** What is shown where the key is missing or of an earlier start. */
export const NO_KEY = {
  message: "This page belongs to an earlier start of opper-agent.",
  hint: "Type `opper-agent dashboard`, or `o` where it runs, and open the address that it prints.",
} as const;

/** A client of an exported page. @param text JSON, see http/compose_page.ts */
export function readExportedClient(text: string): Client {
  const { asOf, timezone, version, answers } = JSON.parse(text) as {
    readonly asOf: string;
    readonly timezone: string;
    readonly version: string;
    readonly answers: Record<string, unknown>;
  };
  const at = Date.parse(asOf);
  setClock(at);
  stopClock(at);
  return {
    live: new Signal<LiveState>({ connection: "exported", at, timezone, version }),
    ask(operation, fields) {
      const answer = answers[answerKey(operation, fields)];
      if (answer !== undefined) return Promise.resolve(answer);
      return Promise.reject(
        new AskError("This file does not hold that.", "Type `opper-agent dashboard` for all of it."),
      );
    },
  };
}

async function readAnswer(response: Response): Promise<unknown> {
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw new AskError(`The program answered with ${response.status}, and no JSON.`);
  }
  if (response.ok) return body;
  const { error } = body as { readonly error?: { readonly message?: string; readonly hint?: string } };
  throw new AskError(error?.message ?? `The program answered with ${response.status}.`, error?.hint);
}

function keep(kept: Map<string, Kept>, question: string, one: Kept): void {
  kept.delete(question);
  kept.set(question, one);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT) kept.delete(oldest!);
}

/** There is one of a page, and it stays: no part of it is drawn before main.tsx has set it. */
let pageClient: Client | undefined;

/** Before anything is drawn. */
export function setClient(client: Client): void {
  pageClient = client;
}

/** The page's client. */
export function useClient(): Client {
  return pageClient!;
}

/** How far a question is. */
export interface AnswerState<T> {
  readonly state: "loading" | "ready" | "failed";
  /** Stays while the same question is asked again, and after it failed: figures do not flicker. */
  readonly answer?: T;
  readonly error?: { readonly message: string; readonly hint?: string };
  /** When the answer came, by the server's clock. */
  readonly at?: EpochMs;
}

/**
 * Asks, and asks again when the fields or the logs change: `useAnswer<CostOutput>("cost", { by: "day" })`. While fields
 * change the last answer stays, with state `loading`.
 *
 * @param operation undefined asks nothing
 * @param follows false asks but once, whatever is read later: for lists that are kept up to date by `live.changes`. A
 * number asks again when it changes, and not otherwise
 */
export function useAnswer<T>(
  operation: string | undefined,
  fields: AskedFields,
  { follows = true }: { readonly follows?: boolean | number } = {},
): AnswerState<T> {
  const client = useClient();
  const [answer, setAnswer] = useState<AnswerState<T>>({ state: "loading" });
  const { edition, connection } = useValue(client.live);
  const question = operation === undefined ? undefined : answerKey(operation, fields);
  const isGone = connection === "ended";
  useEffect(() => {
    if (operation === undefined || isGone) return;
    const abort = new AbortController();
    setAnswer((last) => ({ ...last, state: last.answer === undefined ? "loading" : last.state, error: undefined }));
    client.ask(operation, fields, abort.signal).then(
      (answer) => setAnswer({ state: "ready", answer: answer as T }),
      (error) => {
        if (abort.signal.aborted) return;
        setAnswer((last) => ({ ...last, state: "failed", error: failureOf(error) }));
      },
    );
    return () => abort.abort();
  }, [client, question, follows === true ? edition : follows, isGone]);
  return answer;
}
