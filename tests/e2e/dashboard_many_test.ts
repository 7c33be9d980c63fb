/** The page over many: ten thousand sessions to scroll and search, and one session of many turns to zoom into. */
import { match, ok, strictEqual } from "node:assert/strict";
import { findChromium, startBrowser } from "../support/browser.ts";
import { openUser, serveAt, showPage, waitForPage } from "../support/dashboard_page.ts";
import { makeLargeHome, piHeader, piLogPath, piTurn, writeLog } from "../support/logs.ts";
import { withTemporaryDirectory } from "../support/run_agent.ts";

const chromium = await findChromium();

const SESSIONS = 10_000;
/** Of rows there are never more, however long the list is. */
const MOST_ROWS = 100;
const BODY = `document.querySelector("[role=grid]")`;
const ROWS = `document.querySelectorAll("[role=grid] [role=row]").length`;

Deno.test({
  name: "ten thousand sessions are scrolled and searched, and only those in sight are drawn",
  ignore: chromium === undefined,
  fn: (t) =>
    withTemporaryDirectory(async (home) => {
      await makeLargeHome(home, SESSIONS, 1);
      await using served = await serveAt("2026-11-28T12:00:00Z", home);
      const browser = await startBrowser(chromium!);
      try {
        const page = await (await openUser(browser, served)).newPage();
        await showPage(page, served, "sessions?since=30d");
        await t.step("all are counted, few are drawn", async () => {
          strictEqual(await page.evaluate(`Number(${BODY}.getAttribute("aria-rowcount"))`), SESSIONS + 1);
          const drawn = Number(await page.evaluate(ROWS));
          ok(drawn > 10 && drawn < MOST_ROWS, `${drawn} rows`);
        });
        await t.step("scrolled to its end, the last is there, and the first is not", async () => {
          await page.evaluate(`${BODY}.scrollTop = ${BODY}.scrollHeight`);
          await waitForPage(page, `!!document.querySelector('[role=row][aria-rowindex="${SESSIONS + 1}"]')`);
          strictEqual(await page.evaluate(`document.querySelector('[role=grid] [aria-rowindex="2"]')`), null);
          ok(Number(await page.evaluate(ROWS)) < MOST_ROWS);
        });
        await t.step("scrolled through in steps, there is a row in every place", async () => {
          const blank = await page.evaluate(`(async () => {
            const body = ${BODY};
            let blank = 0;
            for (let step = 0; step <= 40; step++) {
              body.scrollTop = body.scrollHeight * step / 40;
              await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
              const { left, top, width, height } = body.getBoundingClientRect();
              const at = document.elementFromPoint(left + width / 2, top + Math.min(height, innerHeight - top) / 2);
              if (!at?.closest("[role=row]")) blank++;
            }
            return blank;
          })()`);
          strictEqual(blank, 0);
        });
        await t.step("a search finds one of them", async () => {
          await page.evaluate(`location.hash = "#/sessions?since=30d&q=session-07777"`);
          await waitForPage(page, `${BODY}.getAttribute("aria-rowcount") === "2"`);
          match(await page.innerText("main"), /1 of 10,000 sessions/);
        });
      } finally {
        await browser.close();
      }
    }),
});

Deno.test({
  name: "a session of five thousand turns is drawn in groups, and a drag zooms in to single ones",
  ignore: chromium === undefined,
  fn: () =>
    withTemporaryDirectory(async (home) => {
      const start = Date.parse("2026-11-20T00:00:00Z");
      const turns = Array.from({ length: 5000 }, (_, turn) =>
        piTurn({
          id: `t-${turn}`,
          at: new Date(start + turn * 10_000).toISOString(),
          cacheRead: turn % 50 === 49 ? 0 : 1000 + turn * 10,
          cacheWrite: turn % 50 === 49 ? 1000 + turn * 10 : 100,
        }));
      await writeLog(piLogPath(home, "long"), [piHeader("long"), ...turns]);
      await using served = await serveAt("2026-11-28T12:00:00Z", home);
      const browser = await startBrowser(chromium!);
      try {
        const page = await (await openUser(browser, served)).newPage();
        await showPage(page, served, "session/pi/long");
        await waitForPage(page, `/5,000 turns/.test(document.querySelector("main").innerText)`);
        match(await page.innerText("main"), /bars of up to \d+ turns/);
        const area = await page.evaluate(`(() => {
          const { left, top, width, height } = document.querySelector(".drag-area").getBoundingClientRect();
          return { left, top, width, height };
        })()`) as { left: number; top: number; width: number; height: number };
        const y = area.top + area.height / 2;
        await page.mouse.move(area.left + area.width * 0.4, y);
        await page.mouse.down();
        await page.mouse.move(area.left + area.width * 0.45, y, { steps: 4 });
        await page.mouse.up();
        await waitForPage(page, `/zoom=/.test(location.hash)`);
        // A twentieth of the width is 250 turns or so, each of them a bar.
        const said = await page.innerText("main");
        match(said, / of 5,000/);
        ok(!/bars of up to/.test(said), said.slice(0, 600));
      } finally {
        await browser.close();
      }
    }),
});
