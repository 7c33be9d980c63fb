/**
 * `login`, `logout` and `whoami` as people run them: the real program, a real home, a gateway on the loopback, and once
 * a real terminal. The canary key must be in config.json alone.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type AccountGateway, type GatewayAnswers, startAccountGateway } from "./support/account_gateway.ts";
import {
  agentCommand,
  agentEnvironment,
  type AgentRun,
  type RunOptions,
  withTemporaryDirectory,
} from "./support/run_agent.ts";

const CANARY = "op-canary-5f1d0c9b7a3e";
const OTHER = "op-other-77aa66bb55cc";

interface World {
  readonly home: string;
  readonly gateway: AccountGateway;
  /** Runs the program; whatever it prints must not hold the canary. @param stdin @default nothing */
  run(args: readonly string[], stdin?: string, env?: Record<string, string>): Promise<AgentRun>;
  config(): Promise<unknown>;
}

async function inWorld(body: (world: World) => Promise<void>, answers: Partial<GatewayAnswers> = {}): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    const gateway = startAccountGateway({ keys: [CANARY, OTHER], ...answers });
    try {
      await body({
        home,
        gateway,
        async run(args, stdin = "", env = {}) {
          const result = await runWithInput(args, stdin, { home, env: { OPPER_BASE_URL: gateway.host, ...env } });
          ok(!`${result.stdout}${result.stderr}`.includes(CANARY), `the key was printed by ${args.join(" ")}`);
          return result;
        },
        config: async () => JSON.parse(await Deno.readTextFile(join(home, ".opper/config.json"))),
      });
      deepStrictEqual((await filesWithKey(home)).filter((path) => path !== join(home, ".opper/config.json")), []);
    } finally {
      await gateway.close();
    }
  });
}

async function runWithInput(args: readonly string[], stdin: string, options: RunOptions): Promise<AgentRun> {
  const [program, ...first] = agentCommand();
  const child = new Deno.Command(program, {
    args: [...first, ...args],
    cwd: options.cwd ?? options.home,
    clearEnv: true,
    env: agentEnvironment(options),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A program that fails before it reads closes the pipe, which is its right.
  await writer.write(new TextEncoder().encode(stdin)).then(() => writer.close()).catch(ignoreBrokenPipe);
  const output = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

function ignoreBrokenPipe(error: unknown): void {
  if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
}

async function filesWithKey(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) found.push(...await filesWithKey(path));
    else if (new TextDecoder("latin1").decode(await Deno.readFile(path)).includes(CANARY)) found.push(path);
  }
  return found;
}

Deno.test("a key goes where OPPER_HOME means, though no shell has read it, and never into the working directory", async (t) => {
  const rows: [value: string, below: string | undefined][] = [
    ["~/keys", "home/keys"],
    ['"~/keys/"', "home/keys"],
    [" ~/./keys\r\n", "home/keys"],
    ["$HOME/keys", "home/keys"],
    ["'${HOME}/keys'", "home/keys"],
    ["", "home/.opper"],
    ["  ", "home/.opper"],
    ["~bob/keys", undefined],
    ["$KEYS/opper", undefined],
  ];
  const gateway = startAccountGateway({ keys: [CANARY] });
  try {
    for (const [value, below] of rows) {
      await t.step(`OPPER_HOME=${JSON.stringify(value)}`, () =>
        withTemporaryDirectory(async (directory) => {
          const [home, cwd] = [join(directory, "home"), join(directory, "work")];
          for (const path of [home, cwd]) await Deno.mkdir(path);
          const env = { OPPER_HOME: value, OPPER_BASE_URL: gateway.host };
          const { code, stderr } = await runWithInput(["login"], CANARY, { home, cwd, env });
          strictEqual(code, below === undefined ? 2 : 0, stderr);
          deepStrictEqual(
            await filesWithKey(directory),
            below === undefined ? [] : [join(directory, below, "config.json")],
          );
          deepStrictEqual([...Deno.readDirSync(cwd)], []);
        }));
    }
  } finally {
    await gateway.close();
  }
});

Deno.test("login stores a key that the gateway accepts, whoami shows it, logout forgets it", () =>
  inWorld(async ({ home, gateway, run, config }) => {
    const login = await run(["login", "--json"], `  ${CANARY}  \r\n`);
    strictEqual(login.stderr, "");
    strictEqual(login.code, 0);
    const { asOf, ...answer } = JSON.parse(login.stdout);
    match(asOf, /^\d{4}-\d\d-\d\dT/);
    deepStrictEqual(answer, {
      schemaVersion: 1,
      keyName: "default",
      key: "op-…7a3e",
      host: gateway.host,
      checked: true,
      models: 5,
      isDefault: true,
      replaced: false,
      file: join(home, ".opper/config.json"),
      notes: [],
    });
    deepStrictEqual(gateway.requests, [{ path: "/v3/compat/models", authorization: `Bearer ${CANARY}` }]);
    // The address came from the environment and is not the key's.
    deepStrictEqual(await config(), {
      version: 1,
      defaultKey: "default",
      keys: { default: { apiKey: CANARY, obtainedAt: asOf, source: "manual" } },
    });
    strictEqual((await Deno.stat(join(home, ".opper/config.json"))).mode! & 0o777, 0o600);
    strictEqual((await Deno.stat(join(home, ".opper"))).mode! & 0o777, 0o700);

    const whoami = await run(["whoami"]);
    match(whoami.stdout, /^Key +op-…7a3e stored as "default"\nGateway +http.*\nAccepted +yes, 5 models\n$/);

    const logout = await run(["logout"]);
    strictEqual(logout.stdout, `Removed the key "default". No key is stored any more.\n`);
    deepStrictEqual(await config(), { version: 1, defaultKey: "default", keys: {} });
    strictEqual((await run(["logout"])).stdout, `No key "default" was stored.\n`);

    const nobody = await run(["whoami"]);
    strictEqual(nobody.code, 1);
    strictEqual(
      nobody.stderr,
      "error: No Opper API key was found.\n" +
        "hint: Run `opper-agent login`, or set OPPER_API_KEY. Create keys at https://platform.opper.ai.\n",
    );
  }));

Deno.test("login keeps a second key with an address of its own", () =>
  inWorld(async ({ gateway, run, config }) => {
    await run(["login"], OTHER);
    const login = await run(["login", "--key", "work", "--base-url", `${gateway.host}/v3/compat`], CANARY, {
      OPPER_BASE_URL: "",
    });
    match(login.stdout, /^Stored +op-…7a3e as "work"\n/);
    match(login.stdout, /^Used +with --key work$/m);
    const { defaultKey, keys } = await config() as { defaultKey: string; keys: Record<string, { baseUrl?: string }> };
    deepStrictEqual([defaultKey, keys["work"]?.baseUrl, keys["default"]?.baseUrl], [
      "default",
      gateway.host,
      undefined,
    ]);

    const whoami = JSON.parse(
      // As scripts have it that were written when it was called so.
      (await run(["whoami", "--key-name", "work", "--json"], "", { OPPER_BASE_URL: "" })).stdout,
    );
    deepStrictEqual([whoami.host, whoami.keyName, whoami.accepted], [gateway.host, "work", true]);
    match((await run(["logout"])).stdout, /^Removed the key "default"\. Still stored: work\.\n$/);
    strictEqual((await run(["whoami"])).code, 1);
  }));

Deno.test("login stores nothing that was refused, or that nobody could check", async (t) => {
  const rows: [name: string, answers: Partial<GatewayAnswers>, stdin: string, message: RegExp, hint: RegExp][] = [
    [
      "refused",
      { keys: [OTHER] },
      CANARY,
      /^error: The key was not stored: http.* refused the key \(401\)/,
      /Copy the key again/,
    ],
    [
      "out of order",
      { respond: () => new Response("", { status: 503 }) },
      CANARY,
      /was not stored: http.* status 503/,
      /--no-check/,
    ],
    [
      "no gateway",
      { respond: () => new Response(`<b>${CANARY}</b>`) },
      CANARY,
      /did not answer with JSON/,
      /Check the base URL/,
    ],
    ["nothing", {}, "", /^error: No key was given\./, /pipe it in/],
    ["an empty line", {}, `\n${CANARY}\n`, /^error: No key was given\./, /pipe it in/],
    ["two words", {}, `${CANARY} x\n`, /^error: The input holds white space/, /Copy the key again/],
    [
      "a control character",
      {},
      `${CANARY}\x1b[2J\n`,
      /^error: The input holds characters that no key has/,
      /Copy/,
    ],
  ];
  for (const [name, answers, stdin, message, hint] of rows) {
    await t.step(name, () =>
      inWorld(async ({ home, run }) => {
        const result = await run(["login", "--debug"], stdin);
        strictEqual(result.code, 1);
        match(result.stderr, message);
        match(result.stderr, hint);
        deepStrictEqual(await filesWithKey(home), []);
      }, answers));
  }
  await t.step("unless asked to", () =>
    inWorld(async ({ gateway, run }) => {
      const login = JSON.parse((await run(["login", "--no-check", "--json"], CANARY)).stdout);
      deepStrictEqual([login.checked, login.models], [false, undefined]);
      deepStrictEqual(gateway.requests, []);
    }));
});

Deno.test("login says what is wrong before it asks for a key", async (t) => {
  const rows: [name: string, args: readonly string[], config: string | undefined, code: number, message: RegExp][] = [
    ["a name that is none", ["--key", "a/b"], undefined, 2, /A stored key cannot be named "a\/b"/],
    ["an address that is none", ["--base-url", "gateway"], undefined, 2, /--base-url is "gateway": expected a URL/],
    [
      "a broken file",
      [],
      `{"keys":{"default":{"apiKey":"${CANARY}"}`,
      1,
      /config\.json is not understood: it is not a JSON object/,
    ],
  ];
  for (const [name, args, config, code, message] of rows) {
    await t.step(name, () =>
      inWorld(async ({ home, gateway, run }) => {
        const path = join(home, ".opper/config.json");
        if (config !== undefined) {
          await Deno.mkdir(join(home, ".opper"));
          await Deno.writeTextFile(path, config);
        }
        // No line feed and no end: a prompt would be answered by nothing.
        const result = await run(["login", ...args]);
        strictEqual(result.code, code);
        match(result.stderr, message);
        deepStrictEqual(gateway.requests, []);
        if (config !== undefined) strictEqual(await Deno.readTextFile(path), config);
      }));
  }
});

Deno.test("many logins at once lose no key", () =>
  inWorld(async ({ run, config }) => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const runs = await Promise.all(names.map((name) => run(["login", "--no-check", "--key", name], OTHER)));
    deepStrictEqual(runs.map(({ code, stderr }) => [code, stderr]), names.map(() => [0, ""]));
    const { keys } = await config() as { keys: object };
    deepStrictEqual(Object.keys(keys).sort(), names);
  }));

Deno.test("the environment's key comes first, and says so", () =>
  inWorld(async ({ run, config }) => {
    const env = { OPPER_API_KEY: CANARY };
    const login = await run(["login"], OTHER, env);
    match(login.stdout, /OPPER_API_KEY is set: its key is used in place of every stored one\.\n$/);
    const whoami = JSON.parse((await run(["whoami", "--key", "default", "--json"], "", env)).stdout);
    deepStrictEqual([whoami.origin, whoami.key, whoami.notes], [
      "environment",
      "op-…7a3e",
      ['The stored key "default" is not used: OPPER_API_KEY is set.'],
    ]);
    match((await run(["logout"], "", env)).stdout, /OPPER_API_KEY is set/);
    deepStrictEqual((await config() as { keys: object }).keys, {});
  }));

Deno.test("whoami tells a refusal from a gateway that does not answer", async (t) => {
  const rows: [name: string, answers: Partial<GatewayAnswers>, accepted: boolean | undefined, problem: RegExp][] = [
    ["refused", { keys: [] }, false, /refused the key \(401\): Invalid API key Bearer …$/],
    ["forbidden", { respond: () => new Response("", { status: 403 }) }, false, /answered with status 403\.$/],
    ["out of order", { respond: () => new Response("", { status: 500 }) }, undefined, /answered with status 500\.$/],
  ];
  for (const [name, answers, accepted, problem] of rows) {
    await t.step(name, () =>
      inWorld(async ({ run }) => {
        const result = await run(["whoami", "--json"], "", { OPPER_API_KEY: CANARY });
        // For scripts: only a key that is accepted is one to go on with.
        strictEqual(result.code, 1);
        strictEqual(result.stderr, "");
        const whoami = JSON.parse(result.stdout);
        strictEqual(whoami.accepted, accepted);
        match(whoami.problem, problem);
      }, answers));
  }
  await t.step("and need not ask", () =>
    inWorld(async ({ gateway, run }) => {
      const result = await run(["whoami", "--no-check"], "", { OPPER_API_KEY: CANARY });
      match(result.stdout, /^Accepted +not known$/m);
      strictEqual(result.code, 0);
      deepStrictEqual(gateway.requests, []);
    }));
});

Deno.test("inside a launch the gateway's host is used, not the launch's session", () =>
  inWorld(async ({ gateway, run }) => {
    const session = `${gateway.host}/v3/session/sess_0b9a7f0e-6c1d-4a52-9f3e-2d8c5b7a1e40/team:core`;
    const whoami = JSON.parse(
      (await run(["whoami", "--json"], "", { OPPER_API_KEY: CANARY, OPPER_BASE_URL: session })).stdout,
    );
    deepStrictEqual([whoami.host, whoami.accepted], [gateway.host, true]);
    deepStrictEqual(gateway.requests.map(({ path }) => path), ["/v3/compat/models"]);
  }));

Deno.test("in a terminal nothing that is typed is shown, and the terminal is as it was", async (t) => {
  const rows: [name: string, keys: string, status: number, stored: string | undefined][] = [
    ["typed", `${CANARY}\r`, 0, CANARY],
    ["mended and pasted", `wrong\x15op\x1b[D-\x1b[200~canary-x\x7f5f1d0c9b7a3e\x1b[201~\r`, 0, CANARY],
    ["Ctrl-C", `${CANARY}\x03`, 130, undefined],
    ["Ctrl-D", "\x04", 1, undefined],
  ];
  for (const [name, keys, status, stored] of rows) {
    await t.step(name, () =>
      inWorld(async ({ home, gateway }) => {
        const screen = await typeIntoTerminal(keys, { home, env: { OPPER_BASE_URL: gateway.host } });
        match(screen, /Opper API key: /);
        match(screen, new RegExp(`status ${status}\\.`));
        match(screen, /restored/);
        ok(!/canary|wrong/.test(screen), screen);
        const found = await Deno.readTextFile(join(home, ".opper/config.json")).catch(() => "");
        strictEqual(found.includes(CANARY), stored !== undefined);
      }));
  }
});

/** Runs `login` in a terminal of its own, types when it asks, and returns all that was shown. */
async function typeIntoTerminal(keys: string, options: RunOptions): Promise<string> {
  const quoted = [...agentCommand(), "login"].map((part) => `'${part.replaceAll("'", `'\\''`)}'`).join(" ");
  const line =
    `before=$(stty -g); ${quoted}; status=$?; [ "$before" = "$(stty -g)" ] && echo restored; echo "status $status."`;
  const child = new Deno.Command("script", {
    args: Deno.build.os === "darwin" ? ["-q", "/dev/null", "/bin/sh", "-c", line] : ["-qfc", line, "/dev/null"],
    cwd: options.cwd ?? options.home,
    clearEnv: true,
    env: { ...agentEnvironment(options), TERM: "xterm", SHELL: "/bin/sh" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  let screen = "";
  let typed = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    screen += text;
    if (!typed && screen.includes("key: ")) {
      typed = true;
      await writer.write(new TextEncoder().encode(keys));
    }
    if (/status \d+\./.test(screen)) break;
  }
  await writer.close().catch(ignoreBrokenPipe);
  await child.status;
  return screen;
}

Deno.test("a key typed in the wrong place is not repeated", () =>
  inWorld(async (world) => {
    for (const args of [["login", CANARY], [CANARY], ["whoami", `--${CANARY}`], ["sessions", "--source", CANARY]]) {
      strictEqual((await world.run(args)).code, 2);
    }
  }));
