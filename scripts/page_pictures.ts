/**
 * `deno task picture:page`: the pictures of the README, one light and one dark. Serves the sample sessions at a time that
 * stands still, and takes what Chromium draws of the first page.
 */
import { fileURLToPath } from "node:url";
import { findChromium, startBrowser } from "../tests/support/browser.ts";
import { openRecorded, openUser, serveAt, showPage } from "../tests/support/dashboard_page.ts";
import { makeAllAgentsHome } from "../tests/support/fixture_homes.ts";
import { withTemporaryDirectory } from "../tests/support/run_agent.ts";

/** When ten of the sample sessions are warm. */
const WARM_AT = "2026-11-21T00:02:00Z";
const SIZE = { width: 1200, height: 800 } as const;

const pathOf = (colorScheme: string) => fileURLToPath(new URL(`../docs/dashboard_${colorScheme}.png`, import.meta.url));

if (import.meta.main) {
  const chromium = await findChromium();
  if (chromium === undefined) throw new Error("Pictures of the page need Chromium: install it.");
  await withTemporaryDirectory(async (home) => {
    makeAllAgentsHome(home);
    await using served = await serveAt(WARM_AT, home);
    const browser = await startBrowser(chromium);
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await openRecorded(await openUser(browser, served, { colorScheme, viewport: SIZE }));
      await page.clock.setFixedTime(WARM_AT);
      await showPage(page, served, "now");
      await page.screenshot({ path: pathOf(colorScheme), animations: "disabled" });
    }
    await browser.close();
  });
}
