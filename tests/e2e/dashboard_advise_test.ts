/** The page Advice in a real browser, over a made-up world whose figures are known (support/advice_world). */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { makeProjects } from "../support/advice_world/made_projects.ts";
import { WORLD_NOW } from "../support/advice_world/world_time.ts";
import { writeWorld } from "../support/advice_world/write_world.ts";
import { findAxeViolations, findChromium, type Page, startBrowser } from "../support/browser.ts";
import type { Dashboard } from "../support/dashboard.ts";
import { openRecorded, openUser, serveAt, showPage, waitForPage } from "../support/dashboard_page.ts";
import { writeLog } from "../support/logs.ts";
import { withTemporaryDirectory } from "../support/run_agent.ts";

const chromium = await findChromium();
const AT = new Date(WORLD_NOW).toISOString();
/** Some that save by an hour, one that saves by five minutes, and one that is left as it is. */
const NAMES = ["thinker", "keeper", "bursts", "away"];
const THINKER = "advise/%2Fsrv%2Fadvice%2Fthinker/claude/main";

async function withWorld(
  body: (served: Dashboard, browser: Awaited<ReturnType<typeof startBrowser>>) => Promise<void>,
  settings?: object,
): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await writeWorld(home, makeProjects(1).filter(({ name }) => NAMES.includes(name)));
    if (settings !== undefined) await writeLog(`${home}/.opper/agent/config.json`, [settings]);
    await using served = await serveAt(AT, home);
    const browser = await startBrowser(chromium!);
    try {
      await body(served, browser);
    } finally {
      await browser.close();
    }
    strictEqual(served.stderr, "");
  });
}

/** Nothing but what is asked about is looked at: the tab goes on as it was. */
function press(page: Page, script: string): Promise<unknown> {
  return page.evaluate(script);
}

Deno.test({
  name: "what would have been cheaper, and the way to its turns",
  ignore: chromium === undefined,
  fn: (t) =>
    withWorld(async (served, browser) => {
      const { rows } = JSON.parse((await served.ask("advise?since=30d")).text) as {
        rows: { project: string; advice?: { savesUsd: number } }[];
      };
      const user = await openUser(browser, served);
      const { page, complaints, strangers } = await openRecorded(user);
      await t.step("each row has its figure, its lifetime, and the setting", async () => {
        await showPage(page, served, "advise");
        const text = await page.innerText("main");
        match(text, /What would have been cheaper[^]*Would have saved[^]*Leave as it is/);
        match(text, /advice\/thinker, main[^]*1 hour instead of 5 minutes[^]*"promptCacheTtl": "1h" in /);
        match(text, /PI_CACHE_RETENTION=long/);
        match(text, /advice\/away, main/);
        for (const { advice } of rows) if (advice) ok(text.includes(`$${advice.savesUsd.toFixed(2)}`), text);
        strictEqual(rows.length, NAMES.length);
        strictEqual(await page.evaluate("document.querySelectorAll('main .whisker').length"), NAMES.length);
      });
      await t.step("by the keyboard to a row, to a turn of it, and back", async () => {
        await press(page, `[...document.querySelectorAll("main a")].find((a) => /thinker/.test(a.innerText)).focus()`);
        await page.keyboard.press("Enter");
        await waitForPage(page, `/All projects/.test(document.querySelector("main").innerText)`);
        strictEqual(page.url().split("#/")[1], THINKER);
        const text = await page.innerText("main");
        match(text, /5 minutes \(as it was\)[^]*1 hour[^]*5 minutes, a ping every 4m 30s, up to \d+ times/);
        match(text, /turns that 1 hour would have changed[^]*by what is written: \$[\d.]+ in all/);
        await press(page, `document.querySelector("main .view-table a").focus()`);
        await page.keyboard.press("Enter");
        await waitForPage(page, `/Each turn|turns/.test(document.querySelector("main").innerText)`);
        match(page.url(), /#\/session\/claude\/7468696e-[\w-]+\?at=2026-11/);
        await page.goBack();
        await waitForPage(page, `/All projects/.test(document.querySelector("main").innerText)`);
      });
      await t.step("g a leads there", async () => {
        await showPage(page, served, "now");
        await page.keyboard.press("g");
        await page.keyboard.press("a");
        await waitForPage(page, `/Would have saved/.test(document.querySelector("main").innerText)`);
      });
      await t.step("a span without turns says so", async () => {
        await showPage(page, served, "advise?since=2026-01-01..2026-01-31");
        match(await page.innerText("main"), /There are no turns in this span/);
      });
      deepStrictEqual([complaints, strangers], [[], []]);
    }),
});

Deno.test({
  name: "everybody can use the page Advice",
  ignore: chromium === undefined,
  fn: (t) =>
    withWorld(async (served, browser) => {
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [390, 1280]) {
          await t.step(`${colorScheme}, ${width} px`, async () => {
            const user = await openUser(browser, served, {
              viewport: { width, height: 900 },
              colorScheme,
              bypassCSP: true,
            });
            const { page } = await openRecorded(user);
            for (const address of ["advise", THINKER, "advise?since=nonsense"]) {
              await showPage(page, served, address);
              deepStrictEqual(await findAxeViolations(page), [], address);
              const wide = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
              ok(wide <= 0, `${address}: ${wide} px are beyond the edge`);
            }
            await user.close();
          });
        }
      }
    }),
});

Deno.test({
  name: "where a plan pays, no dollar is said to be saved",
  ignore: chromium === undefined,
  fn: () =>
    withWorld(async (served, browser) => {
      const { page } = await openRecorded(await openUser(browser, served));
      await showPage(page, served, "advise");
      const text = await page.innerText("main");
      match(text, /a plan pays/);
      ok(!text.includes("Would have saved"), text);
    }, { plan: { anthropic: { name: "Max", usdPerMonth: 100 } } }),
});
