/** Children with real processes: statuses, signals to the group and to us alone, and looking programs up. */
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { AgentError } from "../core/errors.ts";
import { captureChild, findProgram, runChild, SignalRelay, signalStatus, whyNotStarted } from "./child.ts";

const HOST_MODULE = new URL("./child.ts", import.meta.url).href;
const env = { PATH: Deno.env.get("PATH") };

async function withDirectory<T>(body: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  try {
    return await body(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function writeProgram(path: string, text: string, mode = 0o755): Promise<string> {
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, mode);
  return path;
}

Deno.test("a child's status is passed on", async (t) => {
  await withDirectory(async (directory) => {
    const rows: [script: string, status: number][] = [
      ["exit 0", 0],
      ["exit 3", 3],
      ["exit 255", 255],
      // 128 + SIGTERM, 128 + SIGKILL
      ["kill -TERM $$", 143],
      ["kill -KILL $$", 137],
    ];
    for (const [script, status] of rows) {
      await t.step(script, async () => {
        const program = await writeProgram(join(directory, "program"), `#!/bin/sh\n${script}\n`);
        const relay = new SignalRelay();
        try {
          strictEqual(await runChild({ program, args: [], env, cwd: directory }, relay), status);
        } finally {
          relay.close();
        }
      });
    }
  });
});

Deno.test("a program that cannot be started says so", async (t) => {
  await withDirectory(async (directory) => {
    const rows: [name: string, make: (path: string) => Promise<unknown>, code: string][] = [
      ["missing", () => Promise.resolve(), "launch_not_found"],
      ["interpreter missing", (path) => writeProgram(path, "#!/no/such/program\n"), "launch_not_found"],
      ["not executable", (path) => writeProgram(path, "#!/bin/sh\n", 0o644), "launch_not_executable"],
      ["a directory", (path) => Deno.mkdir(path), "launch_not_executable"],
    ];
    for (const [name, make, code] of rows) {
      await t.step(name, async () => {
        const program = join(directory, name.replaceAll(" ", "_"));
        await make(program);
        const relay = new SignalRelay();
        try {
          await rejects(
            runChild({ program, args: [], env, cwd: directory }, relay),
            (error) =>
              error instanceof AgentError && error.code === code && error.hint !== undefined &&
              !/os error|spawn/.test(error.message),
          );
        } finally {
          relay.close();
        }
      });
    }
  });
});

Deno.test("why a program was not started, in the system's own words", () => {
  const rows = {
    "Failed to spawn '/a b/pi': Exec format error (os error 8)": "exec format error",
    "Failed to spawn '/a': b': Permission denied (os error 13)": "permission denied",
    "Argument list too long (os error 7)": "argument list too long",
  };
  for (const [message, reason] of Object.entries(rows)) strictEqual(whyNotStarted(new Error(message)), reason);
});

Deno.test("a child sees the environment it is given, and nothing else", async () => {
  const run = { program: "/usr/bin/env", args: [], env: { ONE: "1", NONE: undefined }, cwd: "/" };
  strictEqual((await captureChild(run, 10_000)).stdout, "ONE=1\n");
});

/** Catches every signal, counts them, and ends a moment after the first: long enough for a second one to arrive. */
const COUNTING_CHILD = `#!/bin/sh
count() { echo "$1" >> "$LOG"; got=1; }
trap 'count INT' INT; trap 'count TERM' TERM; trap 'count HUP' HUP; trap 'count QUIT' QUIT
echo ready >> "$LOG"
i=0
while [ -z "$got" ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
sleep 0.6
exit 42
`;

/** A process of our own kind, in a process group of its own as under an interactive shell, with one child. */
async function runWithSignal(directory: string, kill: (parent: number) => Promise<void>) {
  const log = join(directory, "log");
  const program = await writeProgram(join(directory, "counting"), COUNTING_CHILD);
  const parent = await writeProgram(
    join(directory, "parent.ts"),
    `import { runChild, SignalRelay } from ${JSON.stringify(HOST_MODULE)};
const relay = new SignalRelay();
const env = { PATH: Deno.env.get("PATH"), LOG: ${JSON.stringify(log)} };
const status = await runChild({ program: ${JSON.stringify(program)}, args: [], env, cwd: "/" }, relay);
relay.close();
Deno.exit(status);`,
  );
  await Deno.writeTextFile(log, "");
  const child = new Deno.Command("setsid", {
    args: [Deno.execPath(), "run", "-A", "--no-lock", parent],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const lines = async () => (await Deno.readTextFile(log)).split("\n").filter((line) => line !== "");
  for (let tries = 0; tries < 200 && (await lines()).length === 0; tries++) await pause(50);
  await kill(child.pid);
  const status = await child.status;
  return { signals: (await lines()).slice(1), code: status.code };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

Deno.test("a signal reaches the child once, whether it was meant for the group or for us", async (t) => {
  for (const signal of ["INT", "TERM", "HUP", "QUIT"] as const) {
    for (const target of ["group", "alone"] as const) {
      await t.step(`SIG${signal} to ${target === "group" ? "the group" : "us alone"}`, async () => {
        await withDirectory(async (directory) => {
          const outcome = await runWithSignal(directory, async (parent) => {
            if (target === "alone") return Deno.kill(parent, `SIG${signal}`);
            const sent = await new Deno.Command("kill", { args: [`-${signal}`, "--", `-${parent}`] }).output();
            ok(sent.success);
          });
          deepStrictEqual(outcome, { signals: [signal], code: 42 });
        });
      });
    }
  }
});

Deno.test("two signals to us alone are both passed on", async () => {
  await withDirectory(async (directory) => {
    const outcome = await runWithSignal(directory, async (parent) => {
      Deno.kill(parent, "SIGINT");
      await pause(250);
      Deno.kill(parent, "SIGTERM");
    });
    deepStrictEqual(outcome, { signals: ["INT", "TERM"], code: 42 });
  });
});

Deno.test("a signal before the child is remembered, and does not end us", async () => {
  const relay = new SignalRelay();
  try {
    strictEqual(relay.received, undefined);
    Deno.kill(Deno.pid, "SIGTERM");
    for (let tries = 0; tries < 100 && relay.received === undefined; tries++) await pause(10);
    strictEqual(relay.received, "SIGTERM");
    ok(relay.interrupted.aborted);
    strictEqual(signalStatus("SIGTERM"), 143);
  } finally {
    relay.close();
  }
});

Deno.test("programs are looked up in PATH", async () => {
  await withDirectory(async (directory) => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => join(directory, name)) as [string, string, string, string];
    for (const path of [a, b, c, d]) await Deno.mkdir(path);
    // A directory of that name, a file without the right to run, a program, and a link to a program that is us.
    await Deno.mkdir(join(a, "pi"));
    await writeProgram(join(b, "pi"), "#!/bin/sh\n", 0o644);
    const found = await writeProgram(join(c, "pi"), "#!/bin/sh\n");
    const us = await writeProgram(join(directory, "opper-agent"), "#!/bin/sh\n");
    await Deno.symlink(us, join(d, "pi"));
    const find = (path: string) => findProgram("pi", { env: { PATH: path }, cwd: directory, skip: [us] });
    strictEqual(find([a, b, c].join(":")), found);
    strictEqual(find([d, c].join(":")), found);
    strictEqual(find(`:${a}:/no/such/directory:${d}`), undefined);
    strictEqual(find("c"), found);
    throws(
      () => find([a, b].join(":")),
      (error) => error instanceof AgentError && error.code === "launch_not_executable",
    );
    strictEqual(findProgram("pi", { env: {}, cwd: directory, skip: [] }), undefined);
  });
});
