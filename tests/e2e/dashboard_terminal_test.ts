/** `dashboard` in a real terminal: the browser that it opens, its keys, and that the terminal is as it was. */
import { match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { agentCommand, agentEnvironment, withTemporaryDirectory } from "../support/run_agent.ts";
import { makeSmallHome } from "../support/small_home.ts";
import { requireTmux, Terminal } from "../support/tmux.ts";
import { waitUntil } from "../support/wait_until.ts";
import { writeProgram } from "../support/write_program.ts";

interface Stage {
  readonly terminal: Terminal;
  /** What the browser was opened with; empty when none was. */
  opened(): Promise<string>;
}

/** With a browser that only writes down what it is given. */
async function withDashboard(env: Record<string, string>, body: (stage: Stage) => Promise<void>): Promise<void> {
  await requireTmux();
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    const file = join(home, "opened");
    await Deno.mkdir(join(home, "bin"));
    await writeProgram(join(home, "bin/xdg-open"), `#!/bin/sh\necho "$@" >> '${file}'\n`);
    const own = agentEnvironment({ home, env });
    await using terminal = await Terminal.open(join(home, "tmux"), {
      command: ["sh", "-c", `${agentCommand().join(" ")} dashboard --port 0; echo "status $?"; stty -a`],
      cwd: home,
      env: { ...own, PATH: `${home}/bin:${own["PATH"]}` },
      columns: 100,
      rows: 24,
    });
    await terminal.waitForScreen(/Dashboard at http:/);
    await body({ terminal, opened: () => Deno.readTextFile(file).catch(() => "") });
  });
}

const IGNORE = Deno.build.os !== "linux";

Deno.test({ name: "a browser is opened with a link that works once", ignore: IGNORE }, async (t) => {
  await withDashboard({}, async ({ terminal, opened }) => {
    const screen = await terminal.waitForScreen(/\(o: a new link, q: quit\)/);
    ok(!screen.includes("#ticket="), screen);
    const link = (await waitUntil("the browser to be opened", opened)).trim();
    const [, base, ticket] = /^(http:\/\/127\.0\.0\.1:\d+)\/#ticket=([\w-]{43})$/.exec(link) ?? [];
    const open = async (ticket: string) => {
      const response = await fetch(`${base}/api/v1/open`, { method: "POST", body: JSON.stringify({ ticket }) });
      await response.body?.cancel();
      return response.status;
    };
    await t.step("it opens the page", async () => strictEqual(await open(ticket!), 200));
    await t.step("and no second one", async () => strictEqual(await open(ticket!), 401));
    await t.step("o prints another, and opens nothing", async () => {
      await terminal.press("o");
      const screen = await terminal.waitForScreen(/#ticket=[\w-]{43}/);
      const [, another] = /#ticket=([\w-]{43})/.exec(screen)!;
      notStrictEqual(another, ticket);
      strictEqual(await open(another!), 200);
      strictEqual((await opened()).trim(), link);
    });
    await t.step("other keys do nothing; q quits, and the terminal is as it was", async () => {
      await terminal.press("x", "Enter", "q");
      match(await terminal.waitForScreen(/status \d+[^]* icanon/), /status 0[^]* icanon[^]* echo /);
    });
  });
});

Deno.test({ name: "over SSH and in CI none is opened: the link is printed", ignore: IGNORE }, async (t) => {
  const rows: [env: Record<string, string>, said: RegExp][] = [
    [{ SSH_CONNECTION: "10.0.0.1 50000 10.0.0.2 22" }, /forward the port: ssh -L (\d+):127\.0\.0\.1:\1 HOST/],
    [{ CI: "true" }, /Open it yourself within a minute:/],
  ];
  for (const [env, said] of rows) {
    await t.step(Object.keys(env).join(), () =>
      withDashboard(env, async ({ terminal, opened }) => {
        const screen = await terminal.waitForScreen(/#ticket=/);
        match(screen.replace(/\n/g, " "), said);
        strictEqual(await opened(), "");
        await terminal.press("q");
        await terminal.waitForScreen(/status 0/);
      }));
  }
});
