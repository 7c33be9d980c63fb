/**
 * `dashboard` from its start to its end: listens, says where, opens a browser, hears keys and signals. What it serves is
 * serve.ts; what of the machine it may still use when it serves is settled here.
 */
import type { DurationMs } from "../core/model.ts";
import type { HttpServer } from "../host/http_server.ts";
import { type PageHost, PageServer } from "./serve.ts";

/** What `dashboard` was asked for, as far as it serves. */
export interface DashboardOptions {
  /** @default 4756, and where it is taken the next free one */
  readonly port?: number;
  readonly open: boolean;
}

/** Everything that it needs of the process it runs in. */
export interface DashboardHost extends PageHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether people see standard output. */
  readonly isTerminal: boolean;
  stdout(text: string): boolean;
  stderr(text: string): void;
  serveHere(
    port: number,
    answer: (request: Request) => Promise<Response>,
    onBug: (error: unknown) => Response,
  ): HttpServer;
  /** Tells status bars where the page is. @returns takes it back */
  announce(address: string): Promise<() => void>;
  openBrowser(url: string, onFailure: () => void): void;
  /** @returns ends it; undefined where nobody types */
  readKeys(onKey: (key: string) => void): (() => void) | undefined;
  onEndingSignal(listener: () => void): void;
  /** For good. */
  giveUp(...names: readonly ("net" | "run")[]): void;
}

/** So that links hold from one day to the next. */
const USUAL_PORT = 4756;

/** A browser that is there already has asked for the page by then: its files go first. */
const BROWSER_MS: DurationMs = 300;

/** How long pages have to hear that it ends. */
const GOODBYE_MS: DurationMs = 100;

/**
 * @returns the exit status, 0, once it was told to end
 * @throws {AgentError} failed, when no port is free
 */
export async function runDashboard(
  { port = USUAL_PORT, open }: DashboardOptions,
  host: DashboardHost,
): Promise<number> {
  const page = await PageServer.make(host);
  const server = host.serveHere(port, (request) => page.answer(request), (error) => page.answerBug(error));
  page.port = server.port;
  // From here on nothing can be sent anywhere, whatever a log holds.
  if (!host.remote) host.giveUp("net");
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  host.onEndingSignal(end);

  if (port !== 0 && server.port !== port) host.stderr(`note: port ${port} is taken, so that this is ${server.port}.\n`);
  await page.warmUp();
  const stopAnnouncing = await host.announce(`http://127.0.0.1:${server.port}/`);
  const link = page.link();
  const stopKeys = host.isTerminal ? host.readKeys(onKey) : undefined;
  const keys = stopKeys === undefined ? "" : "  (o: a new link, q: quit)";
  host.stdout(`Dashboard at http://127.0.0.1:${server.port}/${keys}\n`);
  const { SSH_CONNECTION, CI } = host.env;
  if (open && host.isTerminal && !SSH_CONNECTION && !CI) {
    host.openBrowser(link, () => sayLink("No browser could be opened."));
  } else sayLink();
  host.giveUp("run");
  const preparing = setTimeout(() => page.prepare(), BROWSER_MS);

  await ended;
  clearTimeout(preparing);
  stopKeys?.();
  stopAnnouncing();
  const closing = page.close();
  await new Promise((resolve) => setTimeout(resolve, GOODBYE_MS));
  await Promise.all([closing, server.close()]);
  return 0;

  function onKey(key: string): void {
    if (key === "q" || key === "Q" || key === "\x03" || key === "\x04") end();
    if (key === "o" || key === "O") host.stdout(`${page.link()}\n`);
  }

  /** Where nobody opened it. */
  function sayLink(why?: string): void {
    const forward = host.env.SSH_CONNECTION
      ? `, or forward the port: ssh -L ${server.port}:127.0.0.1:${server.port} HOST`
      : "";
    host.stdout(`${why === undefined ? "" : `${why} `}Open it yourself within a minute${forward}: \n${page.link()}\n`);
  }
}
