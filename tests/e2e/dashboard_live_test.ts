/** The page beside a program that runs: what is logged shows, and when the program ends that is said. */
import { match, ok, strictEqual } from "node:assert/strict";
import { findChromium, startBrowser } from "../support/browser.ts";
import { Dashboard } from "../support/dashboard.ts";
import {
  openRecorded,
  openStranger,
  openUser,
  showPage,
  waitForFigures,
  waitForPage,
} from "../support/dashboard_page.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "../support/logs.ts";
import { withTemporaryDirectory } from "../support/run_agent.ts";
import { makeSmallHome } from "../support/small_home.ts";

const chromium = await findChromium();

const ID = "01a1fb77-0000-7000-8000-00000000000f";

/** How much later a turn is on the page, at most; on a busy machine it takes longer than the two seconds aimed at. */
const SHOWN_WITHIN_MS = 20_000;

Deno.test({
  name: "a turn that is written shows on the page, and the end of the program as well",
  ignore: chromium === undefined,
  fn: (t) =>
    withTemporaryDirectory(async (home) => {
      await makeSmallHome(home);
      await using served = await Dashboard.start(["--no-open"], { home });
      const browser = await startBrowser(chromium!);
      try {
        const { page } = await openRecorded(await openUser(browser, served));
        await showPage(page, served, "now");
        await t.step("a turn", async () => {
          match(await page.innerText("main"), /No cache is warm/);
          const at = new Date().toISOString();
          const began = performance.now();
          // A cache of 90,000 tokens, written now for five minutes: $0.33 as its log says.
          const turn = { id: "1", at, cacheWrite: 90_000, output: 10, usd: 0.33 };
          await writeLog(piLogPath(home, ID), [
            { ...piHeader(ID), timestamp: at, cwd: "/srv/live/board" },
            piTurn(turn),
          ]);
          await waitForPage(page, `document.querySelector("main").innerText.includes("live/board")`);
          ok(performance.now() - began < SHOWN_WITHIN_MS);
          match(await page.innerText("main"), /1 cache warm/);
          await waitForPage(page, String.raw`/^\d:\d\d · .+ - opper-agent$/.test(document.title)`);
        });
        await t.step("on the list of sessions too, without another load", async () => {
          await page.evaluate(`location.hash = "#/sessions"`);
          await waitForPage(page, `document.querySelector("main").innerText.includes("live/board")`);
        });
        const { port } = served;
        await t.step("killed, and a banner says since when", async () => {
          await served.end("SIGKILL");
          await waitForPage(page, `/opper-agent has ended/.test(document.body.innerText)`);
          match(await page.innerText("header"), /ended/);
        });
        await t.step("started again on its port, the old page says what to do, and a new link is live", async () => {
          await using next = await Dashboard.start(["--no-open", "--port", String(port)], { home }, { opens: false });
          strictEqual(next.port, port);
          await waitForPage(page, `/earlier start/.test(document.body.innerText)`);
          await page.goto("about:blank");
          const { page: again } = await openRecorded(await openStranger(browser));
          await again.goto(`${next.base}/#ticket=${next.ticket}`);
          await waitForFigures(again);
          match(await again.innerText("header"), /live/);
          match(await again.innerText("main"), /live\/board/);
        });
      } finally {
        await browser.close();
      }
    }),
});

Deno.test({
  name: "a page for which there is no room says so, has its figures, and is live once there is",
  ignore: chromium === undefined,
  fn: () =>
    withTemporaryDirectory(async (home) => {
      await makeSmallHome(home);
      await using served = await Dashboard.start(["--no-open"], { home });
      const browser = await startBrowser(chromium!);
      const others = new AbortController();
      // As many as it serves.
      const streams = await Promise.all(Array.from({ length: 16 }, () =>
        fetch(`${served.base}/api/v1/live`, {
          headers: { authorization: `Bearer ${served.key}` },
          signal: others.signal,
        })));
      try {
        const page = await (await openUser(browser, served)).newPage();
        await page.goto(`${served.base}/#/now`);
        await waitForPage(page, `/Too many pages of opper-agent are open/.test(document.body.innerText)`);
        await waitForPage(page, `/Today/.test(document.querySelector("main").innerText)`);
        others.abort();
        await Promise.all(streams.map(({ body }) => body?.cancel().catch(() => {})));
        await waitForPage(page, `/live/.test(document.querySelector("header").innerText)`);
        ok(!/Too many pages/.test(await page.innerText("body")));
      } finally {
        others.abort();
        await browser.close();
      }
    }),
});
