/** The page over homes that are empty, broken, hostile and huge. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { dirname } from "node:path";
import { makeManyLogs } from "../../bench/many_logs.ts";
import { type Browser, findChromium, type Page, startBrowser } from "../support/browser.ts";
import { Dashboard } from "../support/dashboard.ts";
import { openRecorded, openUser, showPage, waitForPage } from "../support/dashboard_page.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "../support/logs.ts";
import { withTemporaryDirectory } from "../support/run_agent.ts";
import { makeSmallHome } from "../support/small_home.ts";

const chromium = await findChromium();
const PAGES = ["now", "cost", "sessions", "caches", "misses", "traces"] as const;

/** Serves a home, and hands over a page that may not complain of anything. */
async function withPage(
  make: (home: string) => Promise<unknown> | unknown,
  body: (page: Page, served: Dashboard, home: string) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await make(home);
    await using served = await Dashboard.start(["--no-open"], { home });
    const browser: Browser = await startBrowser(chromium!);
    try {
      const { page, complaints, strangers } = await openRecorded(await openUser(browser, served));
      await body(page, served, home);
      deepStrictEqual([complaints, strangers], [[], []]);
    } finally {
      await browser.close();
    }
  });
}

Deno.test({
  name: "an empty home: where was looked is said, and every page says that there is nothing",
  ignore: chromium === undefined,
  fn: () =>
    withPage(() => {}, async (page, served) => {
      await showPage(page, served, "now");
      match(await page.innerText("main"), /\.pi\/agent\/sessions/);
      match(await page.innerText("main"), /--root SOURCE=DIR/);
      for (const address of PAGES) {
        await showPage(page, served, address);
        const text = await page.innerText("main");
        ok(/\b[Nn]o\b/.test(text) && !/NaN|undefined|Infinity/.test(text), `${address}: ${text}`);
      }
    }),
});

Deno.test({
  name: "a broken home: what cannot be read is said, and the rest is there",
  ignore: chromium === undefined,
  fn: () =>
    withPage(async (home) => {
      await makeSmallHome(home);
      const broken = piLogPath(home, "01a1fb99-0000-7000-8000-00000000000f");
      await writeLog(broken, [
        piHeader("01a1fb99"),
        "{ no JSON",
        '{"type":"message","message":{"role":"assistant"',
        "",
      ]);
      await Deno.writeTextFile(`${dirname(broken)}/2026-11-20T11-00-00-000Z_x.jsonl`, "\0\0\0\xff");
    }, async (page, served, home) => {
      await showPage(page, served, "sessions");
      match(await page.innerText("main"), /fix the build/);
      match(await page.innerText("main"), /could not be read|opper-agent doctor/);
      for (const address of PAGES) await showPage(page, served, address);
      // The index goes while the page is open: it is made anew.
      await Deno.remove(`${home}/.opper`, { recursive: true });
      await page.reload();
      await showPage(page, served, "sessions");
      match(await page.innerText("main"), /fix the build/);
    }),
});

const HOSTILE = [
  `<img src=x onerror="document.body.dataset.hacked='1'">`,
  `"><script>document.body.dataset.hacked='1'</script>`,
  "javascript:document.body.dataset.hacked='1'",
  "\u202egnp.exe\u202c right to left",
  "\u001b[31mred\u0007",
  "x".repeat(10_000),
  "a b ".repeat(2_500),
  "__proto__",
  "{{constructor.constructor('return this')()}}",
] as const;

Deno.test({
  name: "hostile titles, projects and models are text, and break no page",
  ignore: chromium === undefined,
  fn: () =>
    withPage(async (home) => {
      for (const [place, title] of HOSTILE.entries()) {
        const id = `01a1fc0${place}-0000-7000-8000-00000000000f`;
        const at = new Date(Date.now() - 60_000).toISOString();
        await writeLog(piLogPath(home, id), [
          { ...piHeader(id, `/srv/${title}/${title}`), timestamp: at },
          { type: "session_info", id: "n", parentId: null, timestamp: at, name: title },
          piTurn({ id: "1", at, model: title, cacheWrite: 50_000, usd: 0.2 }),
        ]);
      }
    }, async (page, served) => {
      const sessions = HOSTILE.map((_, place) => `session/pi/01a1fc0${place}-0000-7000-8000-00000000000f`);
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        for (const address of [...PAGES, "cost?split=project", "misses?by=project", ...sessions]) {
          await showPage(page, served, address);
          const found = await page.evaluate<unknown>(
            `[document.body.dataset.hacked, document.images.length, document.documentElement.scrollWidth > innerWidth]`,
          );
          deepStrictEqual(found, [undefined, 0, false], `${address} at ${width} px`);
        }
      }
      await showPage(page, served, "sessions");
      match(await page.innerText("main"), /<img src=x onerror=/);
    }),
});

const MANY = 10_000;

Deno.test({
  name: "ten thousand sessions are scrolled, searched and kept in few rows",
  ignore: chromium === undefined,
  fn: () =>
    withPage((home) => makeManyLogs(home, MANY), async (page, served) => {
      await showPage(page, served, "sessions");
      await waitForPage(page, `document.querySelector(".table-body .row") !== null`);
      const rows = () => page.evaluate<number>(`document.querySelectorAll(".table-body .row").length`);
      ok(await rows() < 100, `${await rows()} rows are drawn`);
      await page.evaluate(`document.querySelector(".table-body").scrollTop = 1e9`);
      await waitForPage(
        page,
        `[...document.querySelectorAll(".table-body .row")].some((row) => Number(row.getAttribute("aria-rowindex")) > ${MANY})`,
      );
      ok(await rows() < 100, `${await rows()} rows are drawn at the end`);
      // Into the search, letter by letter.
      await page.keyboard.press("/");
      const began = performance.now();
      await page.keyboard.type("project-12");
      await waitForPage(page, `/project-12/.test(location.hash)`);
      await waitForPage(
        page,
        `[...document.querySelectorAll(".table-body .row")].every((row) => row.innerText.includes("project-12"))`,
      );
      ok(performance.now() - began < 30_000);
      match(await page.innerText("main"), /project-12/);
      strictEqual(await page.evaluate(`document.querySelectorAll(".table-body .row").length > 0`), true);
    }),
});
