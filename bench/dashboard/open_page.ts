/** A dashboard that serves a home, and its page in a browser with the probe in it. */
import { Dashboard } from "../../tests/support/dashboard.ts";
import { type Browser, type Page } from "../../tests/support/browser.ts";
import { openStranger } from "../../tests/support/dashboard_page.ts";
import { PROBE } from "./page_probe.ts";
import { processorSeconds } from "./process_figures.ts";

/** Flags of `deno run` and the environment, for what is preloaded. */
export interface ServeOptions {
  readonly denoFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Opened as its user does: with the link that it prints. */
export interface OpenedPage {
  readonly page: Page;
  readonly served: Dashboard;
  /** From the command to its link. */
  readonly servedMs: number;
  /** From the command to the first figure on the page. */
  readonly firstMs: number;
  /** Of the page alone: to its first paint, the first figure, and all that it shows. */
  readonly paintMs: number;
  readonly figureMs: number;
  readonly wholeMs: number;
  /** Of page and answers until then. */
  readonly bytes: number;
  readonly longestTaskMs: number;
  /** Of the program until then. */
  readonly processorMs: number;
  end(): Promise<void>;
}

export async function newProbedPage(browser: Browser): Promise<Page> {
  const user = await openStranger(browser);
  await user.addInitScript(PROBE);
  return await user.newPage();
}

export async function openOurs(browser: Browser, home: string, options: ServeOptions = {}): Promise<OpenedPage> {
  const { denoFlags = [], env } = options;
  const page = await newProbedPage(browser);
  const began = performance.now();
  const served = await Dashboard.start(["--no-open"], { home, env }, { opens: false, denoFlags });
  const servedMs = performance.now() - began;
  const goneAt = performance.now();
  const figures = await goTo(page, `${served.base}/#ticket=${served.ticket}`);
  return {
    page,
    served,
    servedMs,
    // What drives the browser from outside takes its time as well, which is counted here.
    firstMs: goneAt - began + figures.startMs + figures.figureMs,
    ...figures,
    processorMs: processorSeconds(served.child.pid) * 1000,
    async end() {
      await page.close();
      await served.end();
    },
  };
}

/** Until all that it shows is there. */
export async function goTo(page: Page, address: string) {
  const before = Date.now();
  await page.goto(address);
  return await page.evaluate<
    Pick<OpenedPage, "paintMs" | "figureMs" | "wholeMs" | "bytes" | "longestTaskMs"> & { readonly startMs: number }
  >(`probe.until(() => probe.whole !== undefined).then(() => ({
    startMs: performance.timeOrigin - ${before},
    paintMs: probe.paint(),
    figureMs: probe.figure,
    wholeMs: probe.whole,
    bytes: probe.bytes(),
    longestTaskMs: probe.longest(),
  }))`);
}

/** Until anything is painted. @returns when that was, of the page alone */
export async function goToPainted(page: Page, address: string): Promise<number> {
  await page.goto(address);
  return await page.evaluate<number>("probe.until(() => probe.paint() !== undefined).then(() => probe.paint())");
}
