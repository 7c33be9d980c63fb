/**
 * Chromium, driven by playwright-core. It comes from the system: it is installed where that can be done, and where it cannot,
 * tests that need it are left out with a reason; in CI a missing browser is a failure.
 */
import { createRequire } from "node:module";
import { npmPackage } from "./real_pi.ts";

const PLAYWRIGHT = "1.65.1";
const AXE = "4.14.1";

/** As much of playwright's page as is used here. */
export interface Page {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  goBack(): Promise<unknown>;
  goForward(): Promise<unknown>;
  url(): string;
  title(): Promise<string>;
  evaluate<T>(body: string | ((argument: never) => T), argument?: unknown): Promise<T>;
  waitForTimeout(ms: number): Promise<void>;
  innerText(selector: string): Promise<string>;
  screenshot(
    options: { readonly fullPage?: boolean; readonly path?: string; readonly animations?: "disabled" },
  ): Promise<
    Uint8Array
  >;
  setViewportSize(size: Size): Promise<void>;
  emulateMedia(options: Media): Promise<void>;
  pdf(): Promise<Uint8Array>;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  addScriptTag(options: { readonly path: string }): Promise<unknown>;
  /** The page's own, and all within it. */
  frames(): readonly Frame[];
  close(): Promise<void>;
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  readonly mouse: {
    wheel(x: number, y: number): Promise<void>;
    move(x: number, y: number, options?: { readonly steps: number }): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
  };
  readonly clock: { setFixedTime(time: string): Promise<void> };
  on(event: "console", hear: (message: { type(): string; text(): string }) => void): void;
  on(event: "pageerror", hear: (error: Error) => void): void;
  on(event: "request", hear: (request: { url(): string }) => void): void;
}

/** A document of a page. */
export interface Frame {
  parentFrame(): Frame | null;
  evaluate<T>(body: string | ((argument: never) => T), argument?: unknown): Promise<T>;
  addScriptTag(options: { readonly path: string }): Promise<unknown>;
  click(selector: string): Promise<void>;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Media {
  readonly media?: "print" | "screen";
  readonly colorScheme?: "light" | "dark";
  readonly reducedMotion?: "reduce" | "no-preference";
}

/** Pages of one user: what they keep is apart from all others. */
export interface BrowserUser {
  newPage(): Promise<Page>;
  addInitScript(script: string): Promise<void>;
  close(): Promise<void>;
}

export interface BrowserUserOptions {
  readonly viewport: Size;
  readonly colorScheme?: "light" | "dark";
  readonly reducedMotion?: "reduce" | "no-preference";
  readonly timezoneId: string;
  readonly locale: string;
  /** Lets scripts be injected that the page's policy refuses. */
  readonly bypassCSP?: boolean;
}

export interface Browser {
  newContext(options: BrowserUserOptions): Promise<BrowserUser>;
  close(): Promise<void>;
}

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** @returns undefined where there is none and none can be installed. @throws {Error} then, in CI */
export async function findChromium(): Promise<string | undefined> {
  const found = PROGRAMS.find(isFile);
  if (found !== undefined) return found;
  if (Deno.build.os === "linux" && Deno.uid() === 0) {
    await succeeds("apt-get", "update", "-qq");
    await succeeds("apt-get", "install", "-qq", "-y", "chromium");
  }
  const installed = PROGRAMS.find(isFile);
  if (installed === undefined && Deno.env.get("CI")) {
    throw new Error("These tests need Chromium: install it, for instance with apt-get.");
  }
  return installed;
}

/** @param program of {@linkcode findChromium} */
export async function startBrowser(program: string): Promise<Browser> {
  const { chromium } = createRequire(import.meta.url)(await npmPackage("playwright-core", PLAYWRIGHT));
  return await chromium.launch({
    executablePath: program,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // The same pixels on every machine.
      "--force-device-scale-factor=1",
      "--font-render-hinting=none",
      "--hide-scrollbars",
      // What changed is drawn anew as a whole: corners of a part look otherwise.
      "--disable-partial-raster",
      "--disable-lcd-text",
    ],
  });
}

/** Rules that a page breaks, each with the elements that do, in a line. The page must let scripts be injected. */
export async function findAxeViolations(page: Page | Frame): Promise<readonly string[]> {
  await page.addScriptTag({ path: `${await npmPackage("axe-core", AXE)}/axe.min.js` });
  return await page.evaluate<string[]>(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html, failureSummary }) =>
      id + ": " + html.slice(0, 160) + " " + failureSummary.replace(/\\s+/g, " ").slice(0, 200))))`);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function succeeds(program: string, ...args: readonly string[]): Promise<boolean> {
  try {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    return (await new Deno.Command(program, { args: [...args], env, stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
