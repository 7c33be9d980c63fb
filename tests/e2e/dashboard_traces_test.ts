/** The page Traces: nothing is asked of Opper before a click, which is there only where the dashboard may ask. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { startAccountGateway } from "../support/account_gateway.ts";
import { findChromium, startBrowser } from "../support/browser.ts";
import { Dashboard } from "../support/dashboard.ts";
import { openRecorded, openUser, showPage, waitForPage } from "../support/dashboard_page.ts";
import { writeLog } from "../support/logs.ts";
import { withTemporaryDirectory } from "../support/run_agent.ts";

const chromium = await findChromium();

const KEY = "op-canary-5f1d0c9b7a3e";
const LAUNCH = "5c0b8a52-0000-4000-8000-000000000001";
const TRACE = "0c6c6a0e-6f38-5c5a-9d2f-1d4fbf7f3a10";

/** Of a launch that opened one trace, for a session whose log is gone. */
async function writeLedger(home: string, host: string): Promise<void> {
  const at = Date.parse("2026-11-20T10:00:00Z");
  await writeLog(join(home, ".opper/agent/launches", LAUNCH, "ledger.jsonl"), [
    { type: "launch", launchId: LAUNCH, launcher: "pi", at, cwd: home, pid: 1, host, tags: {} },
    { type: "session", at: at + 1, traceId: TRACE, sessionId: "session-1", pid: 1, reason: "startup", cwd: home },
  ]);
}

Deno.test({
  name: "Opper is asked for traces on a click, once",
  ignore: chromium === undefined,
  fn: (t) =>
    withTemporaryDirectory(async (home) => {
      const gateway = startAccountGateway({
        keys: [KEY],
        respond: () => Response.json({ data: { id: TRACE, span_count: 37 } }),
      });
      const browser = await startBrowser(chromium!);
      try {
        await writeLedger(home, gateway.host);
        const env = { OPPER_API_KEY: KEY, OPPER_BASE_URL: gateway.host };
        await t.step("not by a dashboard that may not", async () => {
          await using served = await Dashboard.start(["--no-open"], { home, env });
          const { page } = await openRecorded(await openUser(browser, served));
          await showPage(page, served, "traces");
          const text = await page.innerText("main");
          ok(text.includes(TRACE), text);
          match(text, /start opper-agent dashboard --remote-traces/);
          ok(!text.includes("Ask Opper"), text);
        });
        await t.step("by one that may", async () => {
          await using served = await Dashboard.start(["--no-open", "--remote-traces"], { home, env });
          const { page, complaints, strangers } = await openRecorded(await openUser(browser, served));
          await showPage(page, served, "traces");
          // Whom it asks is said first.
          ok((await page.innerText("main")).includes(`asks ${gateway.host}`));
          deepStrictEqual(gateway.requests.map(({ path }) => path), []);
          await page.evaluate(
            `[...document.querySelectorAll("main button")].find((button) => button.innerText === "Ask Opper").click()`,
          );
          await waitForPage(page, `/\\b37\\b/.test(document.querySelector("main").innerText)`);
          strictEqual(gateway.requests.length, 1);
          strictEqual(gateway.requests[0]!.authorization, `Bearer ${KEY}`);
          // The program asks, and not the page, which has no key.
          deepStrictEqual(strangers, []);
          deepStrictEqual(complaints, []);
          ok(!(await page.evaluate<string>("document.documentElement.outerHTML")).includes(KEY));
        });
      } finally {
        await browser.close();
        await gateway.close();
      }
    }),
});
