/**
 * The server of the page: from a request to an answer. Who may ask is guard.ts, what can be asked routes.ts, what is told
 * unasked live_loop.ts.
 */
import { isRecord } from "../core/json/is_record.ts";
import { parseJson } from "../core/json/parse_json.ts";
import { toSafeJson } from "../core/json/safe_json.ts";
import { makeSecret } from "../host/make_secret.ts";
import type { DurationMs, EpochMs } from "../core/model.ts";
import type { OperationContext } from "../operations/contract/context.ts";
import { LiveFeed, type LiveFeedHost } from "../operations/live/live_feed.ts";
import { describeScan } from "../operations/live/live_changes.ts";
import { askAgain } from "../operations/report/ask_again.ts";
import { expectedFailure, failure, type HttpAnswer, jsonAnswer, toResponse } from "./answer.ts";
import { answerAsset, type Assets } from "./assets.ts";
import { compressAnswer } from "./compress_answer.ts";
import { OPEN_PATH, refuse } from "./guard.ts";
import { KeptIndex, type LentScan, type Scan } from "./kept_index.ts";
import { LiveLoop } from "./live_loop.ts";
import { type BodyLimits, readSmallBody } from "./read_small_body.ts";
import { describeRoutes, findRoute, loadRoutes, readQuestion, type Routes } from "./routes.ts";
import { Tickets } from "./tickets.ts";

/** What the server needs of the program around it. */
export interface PageHost extends LiveFeedHost {
  readonly version: string;
  readonly assets: Assets;
  /** False with `--no-text`. */
  readonly text: boolean;
  /** Whether Opper may be asked: `--remote-traces`. */
  readonly remote: boolean;
  /** Called for every question, so that each has the time it came at. */
  makeContext(): Omit<OperationContext, "openIndex">;
  /** @param signal gives the scan up: nobody waits for it any more. @throws {AgentError} failed, then */
  openScan(onProgress: (done: number, total: number) => void, signal: AbortSignal): Promise<Scan>;
  /** Takes what nobody expected. */
  onBug(error: unknown): void;
}

const API = "/api/v1";
const MAXIMUM_REQUESTS = 64;
/** More than a ticket takes. */
const BODY_LIMITS: BodyLimits = { bytes: 1024, ms: 5_000 };
const REQUEST_MS: DurationMs = 30_000;

/** One start of the page: its key, its tickets, and the scan that all answers come from. */
export class PageServer {
  /** What the page sends with each request; new at each start. */
  readonly #key = makeSecret();
  readonly #host: PageHost;
  readonly #tickets: Tickets;
  readonly #kept: KeptIndex;
  readonly #live: LiveLoop;
  readonly #routes: Routes;
  readonly #ending = new AbortController();
  #requests = 0;
  #prepared: Promise<void> | undefined;
  /** Where it listens: known once it does. */
  port = 0;

  static async make(host: PageHost): Promise<PageServer> {
    return new PageServer(host, await loadRoutes(host));
  }

  private constructor(host: PageHost, routes: Routes) {
    this.#host = host;
    this.#routes = routes;
    this.#tickets = new Tickets(host.now);
    const feed = new LiveFeed(host);
    this.#kept = new KeptIndex({
      feed,
      open: () => host.openScan((done, total) => this.#live.progress(done, total), this.#ending.signal),
      describe: async (scan, now, last) =>
        await describeScan(scan, { ...host.makeContext(), now, openIndex: () => Promise.resolve(scan) }, last),
      isWatched: () => this.#live.isWatched,
    });
    const { timezone, digits, hideProjects = [] } = host.makeContext();
    this.#live = new LiveLoop({
      feed,
      kept: this.#kept,
      run: makeSecret().slice(0, 8).replaceAll(/[^0-9a-z]/gi, "0"),
      hello: { version: host.version, timezone, digits, text: host.text, remote: host.remote, hideProjects },
      now: host.now,
      makeContext: (use) => ({ ...host.makeContext(), openIndex: () => Promise.resolve(use.scan) }),
      onBug: host.onBug,
    });
  }

  /** A link that opens the page once, within a minute. */
  link(): string {
    return `http://127.0.0.1:${this.port}/#ticket=${this.#tickets.issue()}`;
  }

  /** Answers for the page once, to nobody: its first visitor waits for no code that runs for the first time. */
  async warmUp(): Promise<void> {
    const host = `127.0.0.1:${this.port}`;
    const request = new Request(`http://${host}/`, { headers: { host, "accept-encoding": "gzip" } });
    await (await this.answer(request)).arrayBuffer();
  }

  /** Gets ready what the first page shows, once. */
  prepare(): void {
    this.#prepared ??= this.#live.prepare();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    this.#live.close();
    await this.#prepared;
    await this.#kept.close();
  }

  /** Never throws. */
  async answer(request: Request): Promise<Response> {
    try {
      return toResponse(await this.#answerGuarded(request), request.method);
    } catch (error) {
      return this.answerBug(error);
    }
  }

  answerBug(error: unknown): Response {
    this.#host.onBug(error);
    const hint = "The terminal in which opper-agent runs says more.";
    return toResponse(failure(500, "bug", "This is a bug in opper-agent.", { hint }), "GET");
  }

  async #answerGuarded(request: Request): Promise<HttpAnswer> {
    const { pathname, searchParams, host } = new URL(request.url);
    const guarded = { method: request.method, headers: request.headers, path: pathname, host };
    const refused = refuse(guarded, { port: this.port, key: this.#key });
    if (refused !== undefined) return refused;
    if (pathname === `${API}/live`) return this.#listen(request);
    if (this.#requests >= MAXIMUM_REQUESTS) return busy("Too many requests at once.");
    this.#requests++;
    const answered = this.#route(request, pathname, searchParams)
      .catch((error) => {
        const expected = expectedFailure(error);
        if (expected === undefined) throw error;
        return expected;
      }).finally(() => this.#requests--);
    return await withinTime(
      answered,
      REQUEST_MS,
      () => busy(this.#kept.number === 0 ? "Logs are still being read." : "This takes longer than a page waits."),
    );
  }

  async #route(request: Request, path: string, query: URLSearchParams): Promise<HttpAnswer> {
    if (path === OPEN_PATH) return await this.#open(request);
    if (path === API) return jsonAnswer([await describeRoutes(this.#routes)]);
    if (path.startsWith(`${API}/`)) return await this.#ask(request, path.slice(API.length + 1), query);
    if (path === "/api" || path.startsWith("/api/")) {
      return failure(404, "not_found", "There is nothing here.", { hint: `The operations are below ${API}.` });
    }
    return await answerAsset(this.#host.assets, path, acceptsGzip(request));
  }

  /** A key for a ticket. */
  async #open(request: Request): Promise<HttpAnswer> {
    const text = await readSmallBody(request, BODY_LIMITS);
    if (text === undefined) {
      return failure(413, "too_large", `The body is longer than ${BODY_LIMITS.bytes} bytes, or did not come.`);
    }
    const body = parseJson(text);
    if (!isRecord(body) || typeof body["ticket"] !== "string") {
      return failure(400, "usage", "Expected a body with a ticket.");
    }
    if (this.#tickets.redeem(body["ticket"])) {
      // The page asks next, and has painted: a scan before that would keep the browser from it where there are two cores.
      setTimeout(() => this.prepare(), 0);
      return jsonAnswer([`${toSafeJson({ key: this.#key })}\n`]);
    }
    return failure(401, "unauthorized", "This link was used, or is older than a minute.", {
      hint: "Press o where opper-agent runs for a new link, or type `opper-agent dashboard`.",
    });
  }

  async #ask(request: Request, name: string, query: URLSearchParams): Promise<HttpAnswer> {
    const question = readQuestion(findRoute(this.#routes, name), query);
    let use: LentScan | undefined;
    const makeContext = this.#host.makeContext();
    const context: OperationContext = {
      ...makeContext,
      openIndex: async () => (use ??= await this.#kept.acquire()).scan,
      distrustIndex: () => {
        if (use === undefined || !this.#kept.distrust(use)) return Promise.resolve(false);
        use.release();
        use = undefined;
        return Promise.resolve(true);
      },
    };
    try {
      await context.openIndex();
      const etag = this.#etag(use!.number, query, makeContext.now);
      // Whatever compresses on the way calls it a weak one.
      if (request.headers.get("if-none-match")?.replace(/^W\//, "") === etag) return { status: 304, headers: { etag } };
      const ask = () => question(context);
      const texts = await ask().catch((error) => askAgain(error, context, ask));
      return compressAnswer(jsonAnswer(texts, { etag }), acceptsGzip(request));
    } finally {
      use?.release();
    }
  }

  /**
   * By the scan, and where the question is about now, by the minute: caches go cold and days end without anything being
   * logged.
   */
  #etag(number: number, query: URLSearchParams, now: EpochMs): string {
    const minute = query.has("asOf") ? "" : `-${Math.floor(now / 60_000)}`;
    return `"${this.#live.scanId(number)}${minute}"`;
  }

  #listen(request: Request): HttpAnswer {
    const headers = { "content-type": "text/event-stream; charset=utf-8" };
    if (request.method === "HEAD") return { status: 200, headers };
    const stream = this.#live.connect(request.headers.get("last-event-id") ?? undefined);
    if (stream === undefined) return busy("Too many pages are open.", "Close one of them.");
    return { status: 200, headers, body: stream.body };
  }
}

function acceptsGzip({ headers }: Request): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/i.test(headers.get("accept-encoding") ?? "");
}

function busy(message: string, hint = "Try again in a moment."): HttpAnswer {
  const answer = failure(503, "busy", message, { hint });
  return { ...answer, headers: { ...answer.headers, "retry-after": "1" } };
}

/** What is still worked on goes on, and is answered by nobody. */
async function withinTime(
  answered: Promise<HttpAnswer>,
  ms: DurationMs,
  sayLate: () => HttpAnswer,
): Promise<HttpAnswer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<HttpAnswer>((resolve) => timer = setTimeout(() => resolve(sayLate()), ms));
  return await Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
