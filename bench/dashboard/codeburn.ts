/** codeburn's page over the same logs. Needs npm. */
import { waitUntil } from "../../tests/support/wait_until.ts";
import type { Browser } from "../../tests/support/browser.ts";
import { npmPackage, realNode } from "../../tests/support/real_pi.ts";
import { agentEnvironment } from "../../tests/support/run_agent.ts";
import { measureIdle } from "./measure_page.ts";
import { newProbedPage } from "./open_page.ts";
import { residentMb } from "./process_figures.ts";

export const CODEBURN = "0.9.15";
const ADDRESS = "http://127.0.0.1:4799/";

/** Opened twice: the first time it reads everything. */
export async function measureCodeburn(browser: Browser, home: string) {
  await openCodeburn(browser, home, false);
  return await openCodeburn(browser, home, true);
}

async function openCodeburn(browser: Browser, home: string, isMeasured: boolean) {
  const [node, directory] = [await realNode(), await npmPackage("codeburn", CODEBURN)];
  const page = await newProbedPage(browser);
  const began = performance.now();
  const child = new Deno.Command(node, {
    args: [`${directory}/dist/cli.js`, "web", "--no-open", "--port", "4799", "--period", "all"],
    env: agentEnvironment({ home }),
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await waitUntil(
      "codeburn",
      () => fetch(ADDRESS).then((answer) => answer.body?.cancel().then(() => true), () => false),
    );
    const servedMs = performance.now() - began;
    await page.goto(ADDRESS);
    const figureMs = await page.evaluate<number>(
      "probe.until(() => probe.figure !== undefined).then(() => probe.figure)",
    );
    const bytes = await page.evaluate<number>("probe.bytes()");
    const idle = isMeasured ? await measureIdle(child.pid) : NaN;
    return { servedMs, figureMs, bytes, idle, resident: residentMb(child.pid) };
  } finally {
    await page.close();
    child.kill("SIGKILL");
    await child.status;
  }
}
