/** The page of a dashboard in a browser: opened as somebody who may, with all that it asks and complains of, and waited for. */
import { fileURLToPath } from "node:url";
import type { Browser, BrowserUser, BrowserUserOptions, Page } from "./browser.ts";
import { Dashboard } from "./dashboard.ts";
import { waitUntil } from "./wait_until.ts";

const STILL_CLOCK = fileURLToPath(new URL("./still_clock.ts", import.meta.url));

/** A dashboard whose clock stands, so that what it answers is the same each time. From source alone. @param at ISO */
export function serveAt(at: string, home: string): Promise<Dashboard> {
  return Dashboard.start(["--no-open"], { home, env: { STILL_CLOCK: at } }, {
    denoFlags: [`--preload=${STILL_CLOCK}`],
  });
}

const STRANGER: BrowserUserOptions = { viewport: { width: 1280, height: 900 }, timezoneId: "UTC", locale: "en-US" };

/** Somebody who has not been here before. */
export function openStranger(browser: Browser): Promise<BrowserUser> {
  return browser.newContext(STRANGER);
}

/** Somebody who opened the dashboard's link before. */
export async function openUser(
  browser: Browser,
  { key }: Pick<Dashboard, "key">,
  options: Partial<BrowserUserOptions> = {},
): Promise<BrowserUser> {
  const user = await browser.newContext({ ...STRANGER, ...options });
  await user.addInitScript(`sessionStorage.setItem("opper-agent key", ${JSON.stringify(key)})`);
  return user;
}

/** Goes to `#/…` of a dashboard, and waits until all of it is there. */
export async function showPage(page: Page, { base }: Pick<Dashboard, "base">, address: string): Promise<void> {
  await page.goto(`${base}/#/${address}`);
  await waitForFigures(page);
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
  const isLoaded = `document.querySelector("main") !== null &&
    document.querySelector("[aria-busy=true], .connection-connecting, .connection-reading") === null`;
  await waitForPage(page, isLoaded);
  // Charts know their width a frame later.
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  await waitForPage(page, isLoaded);
}
