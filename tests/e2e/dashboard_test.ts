/**
 * Every page of the dashboard in a real browser, over the sample sessions, at a time that stands still: whether everybody can
 * use it, that it is the same each time, and that it asks nobody else and complains of nothing.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type BrowserUser, findAxeViolations, findChromium, startBrowser } from "../support/browser.ts";
import { Dashboard } from "../support/dashboard.ts";
import {
  openRecorded,
  openStranger,
  openUser,
  type PageRecord,
  serveAt,
  showPage,
  waitForFigures,
  waitForPage,
} from "../support/dashboard_page.ts";
import { ALL_AGENTS_NOW, makeAllAgentsHome } from "../support/fixture_homes.ts";
import { makeSmallHome } from "../support/small_home.ts";
import { withTemporaryDirectory } from "../support/run_agent.ts";

const SESSION = "session/pi/01a1fb65-f12a-76d5-af7b-f93cbc685773";

/** Every page by its address, and what its heading or its first words are. */
const PAGES: readonly (readonly [address: string, says: RegExp])[] = [
  ["now", /Today/],
  ["cost", /Cost/],
  ["cost?by=week&split=source&since=90d", /source|Source/],
  ["sessions", /Sessions/],
  [SESSION, /turns/],
  [`${SESSION}?turn=3`, /turns/],
  ["caches", /How long caches live here/],
  ["caches/anthropic/claude-sonnet-4-5", /claude-sonnet-4-5 at anthropic/],
  ["misses", /[Mm]isses/],
  ["advise", /What would have been cheaper/],
  ["traces", /Traces/],
];
/** Beyond those: what nothing is behind. */
const NOWHERE: readonly (readonly [address: string, says: RegExp])[] = [
  ["nonsense", /There is no page "\/?nonsense"/],
  ["session/pi/none", /./],
  ["caches/nobody", /No lifetime was learned/],
  ["cost?since=nonsense", /nonsense/],
];

const chromium = await findChromium();

Deno.test({
  name: "the dashboard over the sample sessions",
  ignore: chromium === undefined,
  fn: (t) =>
    withTemporaryDirectory(async (home) => {
      makeAllAgentsHome(home);
      await using served = await serveAt(ALL_AGENTS_NOW, home);
      const browser = await startBrowser(chromium!);
      try {
        await runSteps(t, served, browser);
      } finally {
        await browser.close();
      }
      strictEqual(served.stderr, "");
    }),
});

Deno.test({
  name: "the link opens the dashboard once, and leaves nothing of itself in the address",
  ignore: chromium === undefined,
  fn: () =>
    withTemporaryDirectory(async (home) => {
      await makeSmallHome(home);
      await using served = await Dashboard.start(["--no-open"], { home }, { opens: false });
      const browser = await startBrowser(chromium!);
      try {
        const { page, complaints, strangers } = await openRecorded(await openStranger(browser));
        await page.goto(`${served.base}/#ticket=${served.ticket}`);
        await waitForFigures(page);
        strictEqual(page.url(), `${served.base}/#/now`);
        match(await page.innerText("main"), /Today/);
        deepStrictEqual([complaints, strangers], [[], []]);
        const again = await openRecorded(await openStranger(browser));
        await again.page.goto(`${served.base}/#ticket=${served.ticket}`);
        await waitForPage(again.page, `document.body.innerText.includes("earlier start")`);
      } finally {
        await browser.close();
      }
    }),
});

async function runSteps(
  t: Deno.TestContext,
  served: Dashboard,
  browser: Awaited<ReturnType<typeof startBrowser>>,
): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const viewport of SIZES) {
      await t.step(`axe finds nothing in ${colorScheme} at ${viewport.width} px`, async () => {
        const user = await openUser(browser, served, { viewport, colorScheme, bypassCSP: true });
        const { page } = await openRecorded(user);
        const found: string[] = [];
        for (const [address, says] of [...PAGES, ...NOWHERE]) {
          await showPage(page, served, address);
          const text = await page.innerText("main");
          if (!says.test(text)) found.push(`${address}: it says ${text.slice(0, 200)}`);
          for (const violation of await findAxeViolations(page)) found.push(`${address}: ${violation}`);
          const wide = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
          if (wide > 0) found.push(`${address}: ${wide} px are beyond the edge`);
        }
        deepStrictEqual([...new Set(found)], []);
        await user.close();
      });
    }
  }

  await t.step("two loads differ by no pixel, ask no other host, and the console is silent", async () => {
    const user = await openUser(browser, served);
    for (const [address] of PAGES) {
      const [first, second] = [await openStill(user, served, address), await openStill(user, served, address)];
      ok(isSame(first.picture, second.picture), `two pictures of ${address} differ`);
      for (const { complaints, strangers } of [first, second]) {
        deepStrictEqual([complaints, strangers], [[], []], address);
      }
    }
    await user.close();
  });

  await t.step("back, forward, reload and a second tab", async () => {
    const user = await openUser(browser, served);
    const { page, complaints } = await openRecorded(user);
    await showPage(page, served, "caches");
    await page.click('nav a[href^="#/traces"]');
    await waitForFigures(page);
    match(page.url(), /#\/traces$/);
    await page.goBack();
    await waitForPage(page, `document.querySelector("main")?.innerText.includes("How long caches live")`);
    await page.goForward();
    await waitForPage(page, `document.querySelector("h1")?.innerText === "Traces"`);
    await showPage(page, served, "sessions?source=pi");
    await page.reload();
    await waitForFigures(page);
    // A filter that is on is seen.
    match(await page.innerText("header"), /Source: pi/);
    strictEqual(await page.evaluate("location.hash"), "#/sessions?source=pi");
    await user.close();

    // One that has no key asks the tab that has one.
    const other = await openStranger(browser);
    const first = await openRecorded(other);
    await first.page.goto(`${served.base}/#/now`);
    await first.page.evaluate(`sessionStorage.setItem("opper-agent key", ${JSON.stringify(served.key)})`);
    await first.page.reload();
    await waitForFigures(first.page);
    const second = await openRecorded(other);
    await second.page.goto(`${served.base}/#/caches`);
    await waitForPage(second.page, `document.querySelector("main")?.innerText.includes("How long caches live here")`);
    deepStrictEqual([complaints, second.complaints], [[], []]);
    await other.close();
  });

  await t.step("with the keyboard alone", async () => {
    const user = await openUser(browser, served);
    const { page, complaints } = await openRecorded(user);
    await showPage(page, served, "now");
    await page.keyboard.press("Tab");
    strictEqual(await page.evaluate("document.activeElement.textContent"), "Skip to content");
    await page.keyboard.press("Enter");
    strictEqual(await page.evaluate("document.activeElement.id"), "content");
    for (
      const [letter, name] of [["s", "sessions"], ["h", "caches"], ["c", "cost"], ["m", "misses"], ["t", "traces"], [
        "n",
        "now",
      ]]
    ) {
      await page.keyboard.press("g");
      await page.keyboard.press(letter!);
      strictEqual(await page.evaluate("location.hash"), `#/${name}`);
    }
    await page.keyboard.press("?");
    await waitForPage(page, `document.querySelector("dialog[open]") !== null`);
    await page.keyboard.press("Escape");
    await waitForPage(page, `document.querySelector("dialog[open]") === null`);
    // Rows of a table, then one of them is opened, and back.
    await showPage(page, served, "sessions");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await waitForPage(page, `location.hash.startsWith("#/session/")`);
    await waitForFigures(page);
    // The columns of a chart, which say what they are.
    await page.evaluate(`document.querySelector(".drawing").focus()`);
    await page.keyboard.press("ArrowRight");
    await waitForPage(page, `document.querySelector(".said").textContent !== ""`);
    // Every stop of the Tab key is seen.
    await showPage(page, served, "caches");
    for (let stops = 0; stops < 12; stops++) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate<boolean>(
        `(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
          return outlineStyle !== "none" && outlineWidth !== "0px"; })()`,
      );
      ok(seen, `stop ${stops}: ${await page.evaluate("document.activeElement.outerHTML.slice(0, 200)")}`);
    }
    deepStrictEqual(complaints, []);
    await user.close();
  });

  await t.step("nothing moves where that is not wanted", async () => {
    const user = await openUser(browser, served, { reducedMotion: "reduce" });
    const { page } = await openRecorded(user);
    for (const [address] of PAGES) {
      await showPage(page, served, address);
      deepStrictEqual(await page.evaluate("document.getAnimations().length"), 0, address);
    }
    await user.close();
  });

  await t.step("on paper it is light, one column, and has no buttons", async () => {
    const user = await openUser(browser, served, { colorScheme: "dark" });
    const { page } = await openRecorded(user);
    for (const address of ["cost", "caches", SESSION]) {
      await showPage(page, served, address);
      await page.emulateMedia({ media: "print" });
      strictEqual(
        await page.evaluate("getComputedStyle(document.body).backgroundColor"),
        "rgb(255, 255, 255)",
        address,
      );
      const buttons = await page.evaluate<string[]>(
        `[...document.querySelectorAll(".button")].filter((each) => each.checkVisibility()).map((each) => each.outerHTML)`,
      );
      deepStrictEqual(buttons, [], address);
      ok((await page.pdf()).length > 10_000, address);
      await page.emulateMedia({ media: "screen" });
    }
    await user.close();
  });
}

const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 900 }] as const;

/** A page of its own whose clock stands where the program's does. */
async function openStill(
  user: BrowserUser,
  served: Dashboard,
  address: string,
): Promise<PageRecord & { readonly picture: Uint8Array }> {
  const opened = await openRecorded(user);
  await opened.page.clock.setFixedTime(ALL_AGENTS_NOW);
  await showPage(opened.page, served, address);
  const picture = await opened.page.screenshot({ fullPage: true, animations: "disabled" });
  await opened.page.close();
  return { ...opened, picture };
}

/** PNG of one browser: the same pixels are the same bytes. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
