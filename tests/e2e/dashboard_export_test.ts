/** `dashboard --export`: one file, opened without a server, which has all pages and asks nobody. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findChromium, startBrowser } from "../support/browser.ts";
import { openRecorded, openStranger, waitForFigures } from "../support/dashboard_page.ts";
import { makeAllAgentsHome } from "../support/fixture_homes.ts";
import { runAgent, withTemporaryDirectory } from "../support/run_agent.ts";

const chromium = await findChromium();

const PAGES = [
  "now",
  "cost",
  "cost?split=source",
  "cost?split=none",
  "sessions",
  "caches",
  "caches/anthropic/claude-sonnet-4-5",
  "misses",
  "misses?by=model",
  "traces",
] as const;

Deno.test({
  name: "an exported page opens without a server, and holds what its pages show",
  ignore: chromium === undefined,
  fn: (t) =>
    withTemporaryDirectory(async (home) => {
      makeAllAgentsHome(home);
      const [whole, hiding] = [join(home, "whole.html"), join(home, "hiding.html")];
      const run = async (...args: readonly string[]) =>
        deepStrictEqual(await runAgent(["dashboard", ...args], { home }), { code: 0, stdout: "", stderr: "" });
      await run("--export", whole);
      await run("--export", hiding, "--hide-project", "/srv/dev/pi/w/api");
      const browser = await startBrowser(chromium!);
      try {
        const user = await openStranger(browser);
        for (const [name, path] of [["whole", whole], ["with a hidden project", hiding]] as const) {
          await t.step(name, async () => {
            const { page, complaints, strangers } = await openRecorded(user);
            const file = pathToFileURL(path).href;
            for (const address of PAGES) {
              await page.goto(`${file}#/${address}`);
              await waitForFigures(page);
              const text = await page.innerText("main");
              ok(text.length > 40 && !/This file does not hold/.test(text), `${address}: ${text}`);
            }
            // The latest sessions have a page of their own.
            await page.goto(`${file}#/sessions`);
            await waitForFigures(page);
            await page.keyboard.press("j");
            await page.keyboard.press("Enter");
            await waitForFigures(page);
            match(page.url(), /#\/session\//);
            const text = await page.innerText("main");
            ok(!/This file does not hold/.test(text), text);
            deepStrictEqual([complaints, strangers], [[], []]);
            await page.close();
          });
        }
        await t.step("nothing in it names what is hidden, or has text of a conversation", async () => {
          const [shown, hidden] = [await Deno.readTextFile(whole), await Deno.readTextFile(hiding)];
          ok(shown.includes("/srv/dev/pi/w/api"));
          ok(!hidden.includes("/srv/dev/pi/w/api"));
          ok(!shown.includes('"text":'));
          strictEqual(/<(?:script|link|img)[^>]+(?:src|href)=/.test(shown), false);
        });
      } finally {
        await browser.close();
      }
    }),
});
