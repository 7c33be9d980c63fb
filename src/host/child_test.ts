/** Children that are real processes: their status, their environment, and those that cannot be started. */
import { rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { AgentError } from "../core/errors.ts";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { writeProgram } from "../../tests/support/write_program.ts";
import { captureChild, runChild, whyNotStarted } from "./child.ts";
import { SignalRelay } from "./signal_relay.ts";

const env = { PATH: Deno.env.get("PATH") };

Deno.test("a child's status is passed on", async (t) => {
  await withTemporaryDirectory(async (directory) => {
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
  await withTemporaryDirectory(async (directory) => {
    const rows: [name: string, make: (path: string) => Promise<unknown>, code: string][] = [
      ["missing", () => Promise.resolve(), "launch_not_found"],
      ["interpreter missing", (path) => writeProgram(path, `#!${directory}/gone\n`), "launch_not_found"],
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
