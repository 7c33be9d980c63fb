/**
 * `deno task picture:page`: the pictures of the README, one light and one dark. Serves the sample sessions at a time that
 * stands still, and takes what Chromium draws of the first page.
 */
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findChromium, startBrowser } from "../tests/support/browser.ts";
import { openRecorded, openUser, serveAt, showPage } from "../tests/support/dashboard_page.ts";
import { FIXTURE_HOME, FIXTURE_NOW, withTemporaryDirectory } from "../tests/support/run_agent.ts";

const SIZE = { width: 1200, height: 800 } as const;

const pathOf = (colorScheme: string) => fileURLToPath(new URL(`../docs/dashboard_${colorScheme}.png`, import.meta.url));

if (import.meta.main) {
  const chromium = await findChromium();
  if (chromium === undefined) throw new Error("Pictures of the page need Chromium: install it.");
  await withTemporaryDirectory(async (home) => {
    cpSync(FIXTURE_HOME, home, { recursive: true });
    await using served = await serveAt(FIXTURE_NOW, home);
    const browser = await startBrowser(chromium);
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await openRecorded(await openUser(browser, served, { colorScheme, viewport: SIZE }));
      await page.clock.setFixedTime(FIXTURE_NOW);
      await showPage(page, served, "now");
      await page.screenshot({ path: pathOf(colorScheme), animations: "disabled" });
    }
    await browser.close();
  });
}
