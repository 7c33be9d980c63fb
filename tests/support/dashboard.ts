/** `dashboard` as it is served, for tests that open its page. */
import { fileURLToPath } from "node:url";
import { agentCommand, agentEnvironment, type RunOptions, sourceCommand } from "./run_agent.ts";
import { type Browser, type BrowserUser, type BrowserUserOptions, type Page } from "./browser.ts";
import { waitUntil } from "./wait_until.ts";

const STILL_CLOCK = fileURLToPath(new URL("./still_clock.ts", import.meta.url));

export interface DashboardOptions extends RunOptions {
  /** @default none; `--no-open` is always there */
  readonly args?: readonly string[];
  /** Where the program's clock stands, ISO. @default it goes */
  readonly clock?: string;
}

/** One that is served. Ends with its scope. */
export class ServedDashboard {
  readonly #child: Deno.ChildProcess;
  #stdout = "";
  #stderr = "";
  #key: Promise<string> | undefined;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#read(child.stdout, (text) => this.#stdout += text);
    this.#read(child.stderr, (text) => this.#stderr += text);
  }

  /** Returns once it says where it is. */
  static async start(options: DashboardOptions): Promise<ServedDashboard> {
    const { args = [], clock } = options;
    // Only what runs from source can be given another clock.
    const [program, ...first] = clock === undefined ? agentCommand() : sourceCommand([`--preload=${STILL_CLOCK}`]);
    const port = args.includes("--port") ? [] : ["--port", "0"];
    const child = new Deno.Command(program, {
      args: [...first, "dashboard", "--no-open", ...port, ...args],
      cwd: options.cwd ?? options.home,
      clearEnv: true,
      env: { ...agentEnvironment(options), ...clock === undefined ? {} : { STILL_CLOCK: clock } },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const served = new ServedDashboard(child);
    await waitUntil("the dashboard's link", () => /#ticket=\S+\n/.test(served.#stdout), {
      state: () => `It said: ${served.#stdout}${served.#stderr}`,
    });
    return served;
  }

  /** `http://127.0.0.1:4756/`. */
  get address(): string {
    return /Dashboard at (\S+)/.exec(this.#stdout)![1]!;
  }

  get port(): number {
    return Number(new URL(this.address).port);
  }

  /** Good once. */
  get link(): string {
    return /http:\S+#ticket=\S+/.exec(this.#stdout)![0];
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Takes the ticket of the link. */
  key(): Promise<string> {
    return this.#key ??= this.#tradeTicket();
  }

  /** Pages of somebody who has opened the link before. */
  async openUser(browser: Browser, options: Partial<BrowserUserOptions> = {}): Promise<BrowserUser> {
    const user = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      timezoneId: "UTC",
      locale: "en-US",
      ...options,
    });
    await user.addInitScript(`sessionStorage.setItem("opper-agent key", ${JSON.stringify(await this.key())})`);
    return user;
  }

  /** @returns the exit status */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>, hear: (text: string) => void): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) hear(text);
  }

  async #tradeTicket(): Promise<string> {
    const [, ticket] = this.link.split("#ticket=");
    const response = await fetch(`${this.address}api/v1/open`, { method: "POST", body: JSON.stringify({ ticket }) });
    return (await response.json()).key;
  }
}

/** What a page asked for and complained about, from its first moment on. */
export interface PageRecord {
  readonly page: Page;
  readonly complaints: string[];
  /** Addresses of other hosts. */
  readonly strangers: string[];
}

export async function openRecorded(user: BrowserUser): Promise<PageRecord> {
  const page = await user.newPage();
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(?:http:\/\/127\.0\.0\.1:|file:)/.test(request.url())) strangers.push(request.url());
  });
  return { page, complaints, strangers };
}

/** Waits until an expression is true in the page, which lets nothing be evaluated within itself. */
export async function waitForPage(page: Page, expression: string): Promise<void> {
  await waitUntil(expression, () => page.evaluate<boolean>(`Boolean(${expression})`), {
    state: async () =>
      `The page: ${await page.evaluate<string>("location.hash + document.body.innerText.slice(0, 2000)")}`,
  });
}

/** Waits until nothing on the page is being loaded: what is there then is all. */
export async function waitForFigures(page: Page): Promise<void> {
  const isLoaded = `document.querySelector("main") !== null && document.querySelector("[aria-busy=true]") === null`;
  await waitForPage(page, isLoaded);
  // Charts know their width a frame later.
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  await waitForPage(page, isLoaded);
}
