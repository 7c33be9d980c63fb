/** Decisions about terminals as tables over made-up environments; no test looks at the terminal it runs in. */
import { deepStrictEqual, fail, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { type ColorChoice, createProgress, decideColor, decideUnicode, writeText } from "./terminal.ts";

Deno.test("decideColor", async (t) => {
  const rows: [choice: ColorChoice, env: Record<string, string>, isTerminal: boolean, color: boolean][] = [
    ["auto", {}, true, true],
    ["auto", {}, false, false],
    ["auto", { TERM: "dumb" }, true, false],
    ["auto", { TERM: "xterm-256color" }, true, true],
    ["auto", { NO_COLOR: "1" }, true, false],
    ["auto", { NO_COLOR: "" }, true, true],
    ["auto", { FORCE_COLOR: "1" }, false, true],
    ["auto", { FORCE_COLOR: "" }, false, true],
    ["auto", { FORCE_COLOR: "0" }, true, false],
    ["auto", { FORCE_COLOR: "false" }, true, false],
    ["auto", { FORCE_COLOR: "1", TERM: "dumb" }, false, true],
    ["auto", { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
    ["always", { NO_COLOR: "1", TERM: "dumb" }, false, true],
    ["never", { FORCE_COLOR: "1" }, true, false],
  ];
  for (const [choice, env, isTerminal, color] of rows) {
    await t.step(`${choice} ${JSON.stringify(env)} ${isTerminal ? "terminal" : "pipe"}`, () => {
      strictEqual(decideColor({ choice, env, isTerminal }), color);
    });
  }
});

Deno.test("decideUnicode", async (t) => {
  const rows: [env: Record<string, string>, unicode: boolean][] = [
    [{}, true],
    [{ LANG: "" }, true],
    [{ LANG: "C" }, false],
    [{ LANG: "POSIX" }, false],
    [{ LANG: "sv_SE.UTF-8" }, true],
    [{ LANG: "C.utf8" }, true],
    [{ LANG: "sv_SE.ISO-8859-1" }, false],
    [{ LANG: "C", LC_ALL: "en_US.UTF-8" }, true],
    [{ LANG: "en_US.UTF-8", LC_CTYPE: "C" }, false],
    [{ LANG: "en_US.UTF-8", TERM: "dumb" }, false],
  ];
  for (const [env, unicode] of rows) {
    await t.step(JSON.stringify(env), () => strictEqual(decideUnicode(env), unicode));
  }
});

Deno.test("writeText", async (t) => {
  const decoder = new TextDecoder();

  await t.step("goes on after a short write and a full pipe", () => {
    let calls = 0;
    const got: number[] = [];
    const written = writeText({
      writeSync(bytes) {
        calls += 1;
        if (calls === 2) throw new Deno.errors.WouldBlock("full");
        if (calls === 3) throw new Deno.errors.Interrupted("signal");
        got.push(...bytes.subarray(0, 3));
        return Math.min(3, bytes.length);
      },
    }, "ab日c");
    strictEqual(written, true);
    strictEqual(decoder.decode(new Uint8Array(got)), "ab日c");
  });

  await t.step("what is longer than its buffer, wherever that ends within a character", () => {
    for (const character of ["a", "ö", "日", "🜁", "\ud800"]) {
      for (let before = 0; before < 4; before++) {
        const text = "x".repeat(before) + character.repeat(70_000);
        const got: Uint8Array[] = [];
        strictEqual(writeText({ writeSync: (bytes) => got.push(bytes.slice()) && bytes.length }, text), true);
        strictEqual(new Blob(got as BlobPart[]).size, new TextEncoder().encode(text).length);
        strictEqual(got.map((bytes) => decoder.decode(bytes)).join(""), text.toWellFormed());
      }
    }
  });

  await t.step("nothing", () => {
    strictEqual(writeText({ writeSync: () => fail() }, ""), true);
  });

  await t.step("a closed pipe is not an error", () => {
    const closed = {
      writeSync(): number {
        throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
      },
    };
    strictEqual(writeText(closed, "x"), false);
  });

  await t.step("a full disk is", () => {
    const full = {
      writeSync(): number {
        throw new Error("No space left on device (os error 28)");
      },
    };
    throws(() => writeText(full, "x"), (error) =>
      error instanceof AgentError && error.code === "failed" &&
      error.message === "The output could not be written: No space left on device (os error 28).");
  });
});

Deno.test("createProgress", async (t) => {
  /** Updates at these times, then done; returns what was written. */
  function written(isTerminal: boolean, times: readonly number[], text = "Reading logs", width?: number): string[] {
    const lines: string[] = [];
    let clock = 1000;
    const progress = createProgress({ isTerminal, write: (line) => lines.push(line), now: () => clock, width });
    for (const time of times) {
      clock = 1000 + time;
      progress.update(text);
    }
    progress.done();
    return lines;
  }
  const LINE = "\r\x1b[KReading logs";
  const ERASE = "\r\x1b[K";

  const rows: [name: string, lines: string[], expected: string[]][] = [
    ["silent in the first half second, nothing to erase", written(true, [0, 100, 499]), []],
    ["shown from then on, and erased", written(true, [0, 500]), [LINE, ERASE]],
    ["at most ten lines a second", written(true, [500, 550, 599, 600, 601]), [LINE, LINE, ERASE]],
    ["never without a terminal", written(false, [0, 500, 5000]), []],
    ["cut so that it does not wrap", written(true, [500], "Reading logs", 8), ["\r\x1b[KReading", ERASE]],
    ["wide characters count double", written(true, [500], "日本語日本語", 8), ["\r\x1b[K日本語", ERASE]],
    ["nothing to obey", written(true, [500], "a\x1b[2Jb"), ["\r\x1b[Ka\ufffd[2Jb", ERASE]],
  ];
  for (const [name, lines, expected] of rows) await t.step(name, () => deepStrictEqual(lines, expected));
});
