/**
 * `launch` as a process, with a stand-in for Pi that says what it was given: what is refused before anything starts, how
 * Pi is found and installed, and the ways around what cannot be written. The real Pi is in e2e/launch_pi_test.ts.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { agentCommand, type AgentRun, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { filesHolding } from "./support/home_snapshot.ts";
import { writeProgram } from "./support/write_program.ts";

const CANARY = "op-canary-3d9f61a0c4b8";

/** Prints its arguments, and of the environment what a launch sets. */
const FAKE_PI = `#!/bin/sh
if [ "$1" = "--version" ]; then echo "\${FAKE_VERSION:-1.5.2}"; exit "\${FAKE_VERSION_STATUS:-0}"; fi
for argument in "$@"; do echo "argument $argument"; done
env | sed -n 's/^\\(OPPER_[A-Z_]*\\)=\\(.*\\)/\\1=\\2/p' | sed 's/op-canary-[0-9a-f]*/THE KEY/; s/op-launch-[0-9A-Za-z_-]*/THE TOKEN/'
[ -f "$HOME/.pi/agent/extensions/opper-session.ts" ] && echo placed
[ -n "$FAKE_SIGNAL" ] && kill "-$FAKE_SIGNAL" $$
exit "\${FAKE_STATUS:-0}"
`;

interface Stage {
  readonly directory: string;
  readonly home: string;
  /** First in PATH. */
  readonly bin: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<AgentRun>;
}

async function onStage(body: (stage: Stage) => Promise<void>): Promise<void> {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const pricing = { prompt: "0.000003", completion: "0.000015" };
    const opper = { type: "llm", capabilities: ["tools"], max_output_tokens: 1000 };
    const models = [{ id: "claude-opus-4-7", context_length: 9000, pricing, opper }];
    const isModels = new URL(request.url).pathname === "/v3/compat/models";
    return isModels ? Response.json({ data: models }) : Response.json({ message: "no" }, { status: 404 });
  });
  await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    const bin = join(directory, "bin");
    await Deno.mkdir(home);
    await writeProgram(join(bin, "pi"), FAKE_PI);
    const base = {
      // No other Pi, Node or npm than those of the test.
      PATH: `${bin}:/usr/bin:/bin`,
      OPPER_API_KEY: CANARY,
      OPPER_BASE_URL: `http://127.0.0.1:${server.addr.port}`,
    };
    await body({ directory, home, bin, run: (args, env = {}) => runAgent(args, { home, env: { ...base, ...env } }) });
    deepStrictEqual(await filesHolding(directory, CANARY), []);
  });
}

Deno.test("Pi gets its arguments, the launch's environment and the extension", () =>
  onStage(async ({ run, home }) => {
    const { code, stdout, stderr } = await run([
      "launch",
      "--tag",
      "b=x y",
      "--tag",
      "a=1",
      "pi",
      "--flag",
      "two words",
      "",
    ]);
    strictEqual(code, 0, stderr);
    match(
      stdout,
      /^argument --provider\nargument opper\nargument --model\nargument claude-opus-4-7\nargument --flag\n/,
    );
    match(stdout, /^argument two words\nargument \n/m);
    match(stdout, /^OPPER_API_KEY=THE TOKEN$/m);
    ok(!stdout.includes("THE KEY"), "the agent has the key");
    match(stdout, /^OPPER_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v3\/session\/sess_[0-9a-f-]{36}\/a:1\/b:x%20y$/m);
    match(stdout, /^OPPER_AGENT_DEPTH=1$/m);
    match(stdout, /^placed$/m);
    match(stderr, /^Pi ran for .*; no model was asked\.\n$/);
    deepStrictEqual([...Deno.readDirSync(home)].map(({ name }) => name), [".opper"]);
    const [launch] = [...Deno.readDirSync(join(home, ".opper/agent/launches"))];
    const left = [...Deno.readDirSync(join(home, ".opper/agent/launches", launch!.name))].map(({ name }) => name);
    deepStrictEqual(left, ["ledger.jsonl"]);
  }));

Deno.test("the status is Pi's own", async (t) => {
  const rows: [env: Record<string, string>, code: number][] = [
    [{ FAKE_STATUS: "0" }, 0],
    [{ FAKE_STATUS: "7" }, 7],
    [{ FAKE_STATUS: "125" }, 125],
    [{ FAKE_SIGNAL: "TERM" }, 143],
    [{ FAKE_SIGNAL: "KILL" }, 137],
  ];
  for (const [env, code] of rows) {
    await t.step(JSON.stringify(env), () =>
      onStage(async ({ run, home }) => {
        const outcome = await run(["launch", "--quiet", "pi"], env);
        deepStrictEqual([outcome.code, outcome.stderr], [code, ""]);
        deepStrictEqual([...Deno.readDirSync(home)].map(({ name }) => name), [".opper"]);
      }));
  }
});

Deno.test("what stands in the way is said, and nothing is started", async (t) => {
  type Prepare = (stage: Stage) => Promise<unknown>;
  const nothing: Prepare = () => Promise.resolve();
  const rows: [
    what: string,
    args: string[],
    env: Record<string, string>,
    prepare: Prepare,
    code: number,
    stderr: RegExp,
  ][] = [
    ["no agent", ["launch"], {}, nothing, 125, /needs the agent to start/],
    ["an agent that is none", ["launch", "vim"], {}, nothing, 125, /"vim" cannot be launched: expected pi/],
    [
      "an agent that outlives a launch",
      ["launch", "openclaw"],
      {},
      nothing,
      125,
      /^error: OpenClaw cannot be launched: it runs in the background, .*\nhint: .* opper-agent configure openclaw\.\n$/,
    ],
    [
      "an agent of another protocol",
      ["launch", "gemini", "-p", "x"],
      {},
      nothing,
      125,
      /^error: Gemini CLI cannot be launched: it speaks .*\nhint: .*launch --model MODEL pi\.\n$/,
    ],
    [
      "an agent that is known by its logs alone",
      ["launch", "goose"],
      {},
      nothing,
      125,
      /^error: Goose cannot be launched: .* is not known here\.\nhint: .*\bcopilot\b.*\n$/,
    ],
    ["a wrong flag", ["launch", "--nope", "pi"], {}, nothing, 125, /Unknown flag "--nope"/],
    ["a wrong tag", ["launch", "--tag", "opper.x=1", "pi"], {}, nothing, 125, /reserved/],
    ["a wrong host", ["launch", "--base-url", "ftp://x", "pi"], {}, nothing, 125, /--base-url is "ftp:\/\/x"/],
    ["no key", ["launch", "pi"], { OPPER_API_KEY: "" }, nothing, 125, /No Opper API key.*\nhint: .*opper-agent login/],
    ["no key of that name", ["launch", "--key", "x", "pi"], { OPPER_API_KEY: "" }, nothing, 125, /"x"/],
    [
      "a model that is none",
      ["launch", "--model", "nope", "pi"],
      {},
      nothing,
      125,
      /no model "nope".*\nhint: .*claude-opus-4-7/,
    ],
    ["two models", ["launch", "--model", "claude-opus-4-7", "pi", "--model", "x"], {}, nothing, 125, /contradict/],
    [
      "no Pi",
      ["launch", "pi"],
      {},
      ({ bin }) => Deno.remove(join(bin, "pi")),
      127,
      /Pi is not installed.*\nhint: npm install -g @earendil-works\/pi-coding-agent/,
    ],
    [
      "a Pi that may not be run",
      ["launch", "pi"],
      {},
      ({ bin }) => Deno.chmod(join(bin, "pi"), 0o644),
      126,
      /not executable/,
    ],
    [
      "a Pi that is too old",
      ["launch", "pi"],
      { FAKE_VERSION: "0.74.1" },
      nothing,
      125,
      /Pi 0\.74\.1 is too old: expected 0\.74\.2/,
    ],
    [
      "a Pi that does not run",
      ["launch", "pi"],
      {},
      ({ bin }) => writeProgram(join(bin, "pi"), "#!/bin/sh\necho first >&2; echo 'needs a newer Node' >&2; exit 1\n"),
      125,
      /"pi --version" ended with status 1: needs a newer Node/,
    ],
    [
      "a Node that is too old, by the package's word",
      ["launch", "pi"],
      {},
      async ({ bin, directory }) => {
        const home = join(directory, "lib/node_modules/@earendil-works/pi-coding-agent");
        await writeProgram(join(home, "dist/cli.js"), "#!/usr/bin/env node\n");
        await Deno.writeTextFile(
          join(home, "package.json"),
          JSON.stringify({ name: "@earendil-works/pi-coding-agent", version: "1.5.2", engines: { node: ">=22.19.0" } }),
        );
        await Deno.remove(join(bin, "pi"));
        await Deno.symlink(join(home, "dist/cli.js"), join(bin, "pi"));
        await writeProgram(join(bin, "node"), "#!/bin/sh\necho v20.20.2\n");
      },
      125,
      /Pi 1\.5\.2 needs Node\.js 22\.19\.0 or newer, but ".*node" is 20\.20\.2/,
    ],
    [
      "a state directory that cannot be written",
      ["launch", "pi"],
      {},
      async ({ home }) => await Deno.writeTextFile(join(home, ".opper"), ""),
      125,
      /The state directory cannot be written.*\nhint: Set OPPER_HOME/,
    ],
  ];
  for (const [what, args, env, prepare, code, stderr] of rows) {
    await t.step(what, () =>
      onStage(async (stage) => {
        await prepare(stage);
        const outcome = await stage.run(args, env);
        match(outcome.stderr, stderr);
        match(outcome.stderr, /^(warning: .*\n)*error: /);
        deepStrictEqual([outcome.code, outcome.stdout], [code, ""]);
      }));
  }
});

const PACKAGE = JSON.stringify({
  name: "@earendil-works/pi-coding-agent",
  version: "1.5.2",
  engines: { node: ">=22.19.0" },
});

Deno.test("Node.js is asked for by what runs on it, and it is the one that the program names", async (t) => {
  const old = "#!/bin/sh\necho v18.19.0\n";
  const rows: [
    what: string,
    prepare: (stage: Stage) => Promise<unknown>,
    path: (stage: Stage) => string,
    code: number,
    said: RegExp,
  ][] = [
    [
      "a binary, and no Node at all",
      async ({ bin, directory }) => {
        await Deno.writeTextFile(join(bin, "package.json"), PACKAGE);
        await Deno.mkdir(join(directory, "few"));
        for (const name of ["sh", "env", "sed", "cat"]) {
          await Deno.symlink(`/bin/${name}`, join(directory, "few", name));
        }
      },
      ({ bin, directory }) => `${bin}:${directory}/few`,
      0,
      /^$/,
    ],
    [
      "a binary beside an old Node",
      async ({ bin }) => {
        await Deno.writeTextFile(join(bin, "package.json"), PACKAGE);
        await writeProgram(join(bin, "node"), old);
      },
      ({ bin }) => `${bin}:/usr/bin:/bin`,
      0,
      /^$/,
    ],
    [
      "a link to a binary beside an old Node",
      async ({ bin, directory }) => {
        await Deno.mkdir(join(directory, "release"));
        await Deno.rename(join(bin, "pi"), join(directory, "release/pi"));
        await Deno.writeTextFile(join(directory, "release/package.json"), PACKAGE);
        await Deno.symlink(join(directory, "release/pi"), join(bin, "pi"));
        await writeProgram(join(bin, "node"), old);
      },
      ({ bin }) => `${bin}:/usr/bin:/bin`,
      0,
      /^$/,
    ],
    [
      "a script that names a Node of its own, beside an old one",
      async ({ bin, directory }) => {
        await writeProgram(
          join(directory, "own/node"),
          `#!/bin/sh\n[ "$1" = --version ] && echo v22.19.0 || exec sh "$@"\n`,
        );
        await Deno.writeTextFile(join(bin, "package.json"), PACKAGE);
        await writeProgram(join(bin, "pi"), FAKE_PI.replace("#!/bin/sh", `#!${directory}/own/node`));
        await writeProgram(join(bin, "node"), old);
      },
      ({ bin }) => `${bin}:/usr/bin:/bin`,
      0,
      /^$/,
    ],
    [
      "a script that names an old Node of its own, beside a new one",
      async ({ bin, directory }) => {
        await writeProgram(join(directory, "own/node"), old);
        await Deno.writeTextFile(join(bin, "package.json"), PACKAGE);
        await writeProgram(join(bin, "pi"), FAKE_PI.replace("#!/bin/sh", `#!${directory}/own/node`));
        await writeProgram(join(bin, "node"), "#!/bin/sh\necho v24.0.0\n");
      },
      ({ bin }) => `${bin}:/usr/bin:/bin`,
      125,
      /but ".*own\/node", which ".*\/pi" names, is 18\.19\.0/,
    ],
    [
      "a script with flags for Node",
      async ({ bin }) => {
        await Deno.writeTextFile(join(bin, "package.json"), PACKAGE);
        await writeProgram(join(bin, "pi"), "#!/usr/bin/env -S node --no-warnings\n");
        await writeProgram(join(bin, "node"), old);
      },
      ({ bin }) => `${bin}:/usr/bin:/bin`,
      125,
      /but ".*bin\/node" is 18\.19\.0/,
    ],
  ];
  for (const [what, prepare, path, code, said] of rows) {
    await t.step(what, () =>
      onStage(async (stage) => {
        await prepare(stage);
        const outcome = await stage.run(["launch", "--quiet", "pi"], { PATH: path(stage) });
        match(outcome.stderr, said);
        strictEqual(outcome.code, code, outcome.stderr);
        if (code === 0) match(outcome.stdout, /^argument --provider\n/);
      }));
  }
});

Deno.test("scripts called pi that start us are passed over", async (t) => {
  const us = agentCommand().map((word) => `'${word}'`).join(" ");
  const counted = (directory: string, text: string) =>
    `#!/bin/sh\necho x >> ${directory}/starts\n[ $(wc -l < ${directory}/starts) -gt 8 ] && exit 99\n${text}\n`;
  const rows: [what: string, scripts: (directory: string) => readonly string[], isPiThere: boolean][] = [
    ["one that becomes us", () => [`exec ${us} launch pi "$@"`], true],
    ["one that waits for us", () => [`${us} launch --quiet pi "$@"`], true],
    ["one that says nothing and asks for something else", () => [`exec ${us} launch pi --print x 2>/dev/null`], true],
    ["one that knows its version", () => [
      `[ "$1" = --version ] && { echo 1.5.2; exit; }; exec ${us} launch --quiet pi "$@"`,
    ], true],
    ["two", () => [`exec ${us} launch pi "$@"`, `${us} launch pi "$@"`], true],
    ["one that starts another one", (directory) => [
      `exec ${directory}/script1/pi "$@"`,
      `exec ${us} launch pi "$@"`,
    ], true],
    ["nothing else", () => [`exec ${us} launch pi "$@"`], false],
  ];
  for (const [what, scripts, isPiThere] of rows) {
    await t.step(what, () =>
      onStage(async ({ run, bin, directory }) => {
        const directories = await Promise.all(
          scripts(directory).map(async (text, index) => {
            await writeProgram(join(directory, `script${index}`, "pi"), counted(directory, text));
            return join(directory, `script${index}`);
          }),
        );
        const PATH = [...directories, ...(isPiThere ? [bin] : []), "/usr/bin", "/bin"].join(":");
        const { code, stdout, stderr } = await run(["launch", "--quiet", "pi", "hello"], { PATH, FAKE_STATUS: "7" });
        const starts = (await Deno.readTextFile(join(directory, "starts"))).length / 2;
        ok(starts <= 3, `${starts} starts`);
        if (isPiThere) {
          strictEqual(code, 7, stderr);
          match(stdout, /^argument --provider\n[^]*^argument hello$/m);
        } else {
          deepStrictEqual([code, stdout], [126, ""]);
          match(
            stderr,
            /^error: ".*script0\/pi" is a script that starts opper-agent, and there is no other "pi" in PATH\.\n/,
          );
        }
      }));
  }
});

Deno.test("where the extension cannot be placed it is passed by -e", () =>
  onStage(async ({ run, home }) => {
    await Deno.mkdir(join(home, ".pi/agent"), { recursive: true });
    await Deno.writeTextFile(join(home, ".pi/agent/extensions"), "not a directory");
    const { code, stdout, stderr } = await run(["launch", "pi", "-p", "x"]);
    strictEqual(code, 0, stderr);
    match(stderr, /^warning: .*opper-session\.ts.* -e passes the settings instead/m);
    match(
      stdout,
      /^argument -e\nargument .*\/\.opper\/agent\/launches\/[^/]+\/opper-session\.ts\nargument --provider\n/,
    );
    strictEqual(await Deno.readTextFile(join(home, ".pi/agent/extensions")), "not a directory");
  }));

/** As much of npm as an installation needs; it leaves a Pi where npm would. */
const FAKE_NPM = `#!/bin/sh
if [ "$1" = prefix ]; then echo "$FAKE_PREFIX"; exit 0; fi
echo "npm $*"
case " $* " in
  *" --global "*) target="$FAKE_PREFIX/bin" ;;
  *) shift 1; target="$2/node_modules/.bin" ;;
esac
mkdir -p "$target" && cp "$FAKE_SOURCE" "$target/pi"
`;

Deno.test("--install installs Pi where it may", async (t) => {
  for (const isWritable of [true, false]) {
    await t.step(
      isWritable ? "globally" : "in our own state, and finds it again",
      () =>
        onStage(async ({ run, bin, directory, home }) => {
          const source = join(directory, "pi-source");
          await Deno.rename(join(bin, "pi"), source);
          await writeProgram(join(bin, "npm"), FAKE_NPM);
          const prefix = isWritable ? join(directory, "prefix") : join(directory, "prefix-file/below");
          // Root may write everywhere, but nobody can make a directory below a file.
          if (!isWritable) await Deno.writeTextFile(join(directory, "prefix-file"), "");
          const env = { FAKE_PREFIX: prefix, FAKE_SOURCE: source };
          const installed = await run(["launch", "--install", "--quiet", "pi", "hello"], env);
          strictEqual(installed.code, 0, installed.stderr);
          const own = join(home, ".opper/agent/agents/pi");
          const where = isWritable ? "--global" : `--prefix ${own}`;
          ok(
            installed.stdout.startsWith(`npm install ${where} --no-fund --no-audit @earendil-works/pi-coding-agent\n`),
          );
          match(installed.stdout, /^argument hello$/m);
          if (isWritable) return;
          const again = await run(["launch", "--quiet", "pi", "hello"], env);
          strictEqual(again.code, 0, again.stderr);
          match(again.stdout, /^argument --provider\n/);
        }),
    );
  }
  await t.step("npm is missing too", () =>
    onStage(async ({ run, bin, directory }) => {
      await Deno.remove(join(bin, "pi"));
      const { code, stderr } = await run(["launch", "--install", "pi"], { PATH: join(directory, "bin") });
      strictEqual(code, 125);
      match(stderr, /there is no "npm" in PATH/);
    }));
  await t.step("npm fails", () =>
    onStage(async ({ run, bin }) => {
      await Deno.remove(join(bin, "pi"));
      await writeProgram(join(bin, "npm"), "#!/bin/sh\nexit 9\n");
      const { code, stderr } = await run(["launch", "--install", "pi"]);
      strictEqual(code, 125);
      match(stderr, /npm could not install .*: it ended with status 9/);
    }));
});

Deno.test("help, and Pi's own", () =>
  onStage(async ({ run }) => {
    for (const args of [["launch", "--help"], ["help", "launch"]]) {
      const { code, stdout } = await run(args);
      strictEqual(code, 0);
      match(stdout, /Usage: opper-agent launch \[FLAGS\] AGENT/);
    }
    const { stdout } = await run(["launch", "pi", "--help"]);
    strictEqual(stdout.split("\n")[0], "argument --help");
    match((await run(["lanch", "pi"])).stderr, /Did you mean launch\?/);
  }));

Deno.test("traces and recover, with nothing to show", () =>
  onStage(async ({ run }) => {
    match((await run(["traces"])).stdout, /No traces/);
    match((await run(["recover"])).stdout, /nothing to repair/);
    const { code, stderr } = await run(["traces", "nope"]);
    strictEqual(code, 2);
    match(stderr, /No session "nope"/);
  }));

Deno.test("--dry-run shows what the agent would get: a token with a relay, the ends of the key without, and starts nothing", () =>
  onStage(async ({ run, home }) => {
    const relayed = await run(["launch", "--dry-run", "pi"]);
    strictEqual(relayed.code, 0, relayed.stderr);
    match(relayed.stdout, /^with {5}OPPER_API_KEY=TOKEN-OF-THE-LAUNCH$/m);
    match(relayed.stdout, /^with {5}OPPER_BASE_URL=http:\/\/127\.0\.0\.1:PORT\/v3\/session\/sess_[0-9a-f-]{36}$/m);
    ok(!relayed.stdout.includes("op-"), relayed.stdout);
    const direct = await run(["launch", "--dry-run", "--no-relay", "pi"]);
    match(direct.stdout, /^with {5}OPPER_API_KEY=op-…c4b8$/m);
    ok(!`${relayed.stdout}${direct.stdout}`.includes(CANARY), "the key was printed");
    deepStrictEqual([...Deno.readDirSync(home)].map(({ name }) => name), []);
  }));
