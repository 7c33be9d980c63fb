/** The MCP inspector's web page, a host of MCP Apps that is not ours, draws the card in both eras of the protocol. */
import { match, ok } from "node:assert/strict";
import { join } from "node:path";
import { findChromium, type Frame, type Page, startBrowser } from "../support/browser.ts";
import { npmPackage, realNode } from "../support/real_pi.ts";
import { agentCommand, agentEnvironment, withTemporaryDirectory } from "../support/run_agent.ts";
import { makeSmallHome, PI, SMALL_NOW } from "../support/small_home.ts";
import { waitUntil } from "../support/wait_until.ts";

const INSPECTOR_VERSION = "2.12.0";

const program = await findChromium();

/** Ports that nobody listens at. */
function freePorts(count: number): readonly string[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => String(addr.port));
  for (const listener of listeners) listener.close();
  return ports;
}

/** Starts the inspector's own server, with ours as the one that it speaks to. */
async function withInspector(home: string, era: string, body: (address: string) => Promise<void>): Promise<void> {
  const directory = await npmPackage("@modelcontextprotocol/inspector", INSPECTOR_VERSION);
  const [port, sandbox, origin] = freePorts(3) as [string, string, string];
  const env = agentEnvironment({ home });
  const handed = ["DENO_DIR", "TZ"].flatMap((name) => ["-e", `${name}=${env[name]}`]);
  const child = new Deno.Command(await realNode(), {
    args: [
      join(directory, "clients/launcher/build/index.js"),
      "--web",
      "--protocol-era",
      era,
      ...handed,
      ...agentCommand(),
      "mcp",
    ],
    cwd: home,
    clearEnv: true,
    env: {
      ...env,
      CLIENT_PORT: port,
      MCP_SANDBOX_PORT: sandbox,
      MCP_APP_ORIGIN_PORT: origin,
      MCP_STORAGE_DIR: join(home, "inspector"),
      MCP_INSPECTOR_SECRET_STORE: "memory",
      MCP_AUTO_OPEN_ENABLED: "false",
      DANGEROUSLY_OMIT_AUTH: "true",
    },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const address = `http://localhost:${port}/`;
    await waitUntil("the inspector to listen", () =>
      fetch(address).then(async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      }, () => false), { everyMs: 100 });
    await body(address);
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

async function fillIn(page: Page, label: string, text: string): Promise<void> {
  const id = await page.evaluate<string>(
    `[...document.querySelectorAll("label")].find(({ innerText }) => innerText.trim() === "${label}").htmlFor`,
  );
  await page.fill(`[id="${id}"]`, text);
}

const textOf = (frame: Frame) => frame.evaluate<string>("document.body.innerText.replace(/\\s+/g, ' ')");

for (const era of ["legacy", "modern"]) {
  Deno.test({
    name: `the inspector's page draws the card: ${era}`,
    ignore: program === undefined,
    fn: () =>
      withTemporaryDirectory(async (home) => {
        await makeSmallHome(home);
        const browser = await startBrowser(program!);
        try {
          await withInspector(home, era, async (address) => {
            const user = await browser.newContext({
              viewport: { width: 1300, height: 900 },
              timezoneId: "UTC",
              locale: "en-US",
            });
            const page = await user.newPage();
            await page.goto(address);
            await page.click("label:has(input[type=checkbox])");
            await page.click("text=Apps");
            await page.click("text=Cost of a session");
            await fillIn(page, "session", PI);
            await fillIn(page, "as_of", SMALL_NOW);
            await page.click("button:has-text('Open App')");
            const card = await waitUntil("the chart, for which the card asks through the inspector", async () => {
              const frame = page.frames().find((frame) => frame.parentFrame()?.parentFrame());
              // The frame is empty first, and what is asked of it then is not answered.
              const hasChart = frame?.evaluate<boolean>("document.querySelector('svg') !== null").catch(() => false);
              return await hasChart ? frame : undefined;
            });
            const text = await textOf(card);
            match(text, /^fix the build 01a1fb64 .* Cost \$0\.0071 as the agent reports/);
            match(text, /Cache stays warm 2m 5\ds/);
            await waitUntil("the countdown", async () => await textOf(card) !== text);
            ok((await textOf(card)).includes("fix the build"));
            // The inspector waits for its pages before it ends.
            await user.close();
          });
        } finally {
          await browser.close();
        }
      }),
  });
}
