/** Typing as a terminal sends it, from a made-up one; the real one is in tests/login_test.ts. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { readSecret, type SecretInput } from "./prompt.ts";

interface FakeInput extends SecretInput {
  readonly log: string[];
}

/** Gives the chunks one by one, then the end. */
function fakeInput(isTerminal: boolean, chunks: readonly (string | Uint8Array)[]): FakeInput {
  const left = chunks.map((chunk) => typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  const log: string[] = [];
  return {
    log,
    isTerminal,
    setRaw: (raw) => void log.push(raw ? "raw" : "cooked"),
    read: () => Promise.resolve(left.shift()),
    write: (text) => void log.push(text),
    beforeEnding() {
      log.push("watch");
      return () => void log.push("unwatch");
    },
  };
}

const RESTORED = ["raw", "watch", "Key: ", "unwatch", "cooked", "\n"];

Deno.test("readSecret takes what is typed, shows nothing of it, and restores the terminal", async (t) => {
  const rows: [name: string, chunks: readonly (string | Uint8Array)[], secret: string][] = [
    ["Enter", ["op-abc\r"], "op-abc"],
    ["line feed", ["op-abc\n"], "op-abc"],
    ["one key at a time", ["o", "p", "-", "\r"], "op-"],
    ["pasted with a line's end", ["op-abc\r\nrm -rf\r"], "op-abc"],
    ["pasted between marks", ["\x1b[200~op-abc\x1b[201~", "\r"], "op-abc"],
    ["a mark cut in two", ["\x1b[20", "0~op-abc\x1b", "[201~\r"], "op-abc"],
    ["cursor keys", ["op\x1b[D\x1bOC-\x1b[1;5Cabc\r"], "op-abc"],
    ["Backspace", ["op-x\x7fabd\bc\r"], "op-abc"],
    ["Backspace at the start", ["\x7f\x7fop\r"], "op"],
    ["Backspace takes a whole character", ["aé\x7fb日\x7f\r"], "ab"],
    ["a character cut in two", [new Uint8Array([0xc3]), new Uint8Array([0xa9, 0x0d])], "é"],
    ["Ctrl-U", ["wrong\x15op-abc\r"], "op-abc"],
    ["other control characters", ["\top\x1a-\0\r"], "op-"],
    ["Ctrl-D in a line", ["op\x04-\r"], "op-"],
    ["nothing", ["\r"], ""],
  ];
  for (const [name, chunks, secret] of rows) {
    await t.step(name, async () => {
      const input = fakeInput(true, chunks);
      strictEqual(await readSecret("Key: ", input), secret);
      deepStrictEqual(input.log, RESTORED);
    });
  }
});

Deno.test("readSecret gives up, and restores the terminal", async (t) => {
  const rows: [name: string, chunks: readonly string[], code: string][] = [
    ["Ctrl-C", ["op-abc\x03"], "interrupted"],
    ["Ctrl-C in an escape sequence", ["\x1b[\x03"], "interrupted"],
    ["Ctrl-D on an empty line", ["\x04"], "failed"],
    ["the terminal is gone", ["op-abc"], "failed"],
    ["far too much", ["x".repeat(65 * 1024)], "failed"],
  ];
  for (const [name, chunks, code] of rows) {
    await t.step(name, async () => {
      const input = fakeInput(true, chunks);
      await rejects(
        readSecret("Key: ", input),
        (error) => error instanceof AgentError && error.code === code && !error.message.includes("op-abc"),
      );
      deepStrictEqual(input.log, RESTORED);
    });
  }

  await t.step("when reading fails", async () => {
    const input: FakeInput = { ...fakeInput(true, []), read: () => Promise.reject(new Error("gone")) };
    await rejects(readSecret("Key: ", input), /gone/);
    deepStrictEqual(input.log, RESTORED);
  });

  await t.step("once, when a signal came first", async () => {
    const fake = fakeInput(true, ["op\r"]);
    const input: FakeInput = {
      ...fake,
      beforeEnding(restore) {
        restore();
        return fake.beforeEnding(restore);
      },
    };
    await readSecret("Key: ", input);
    deepStrictEqual(input.log, ["raw", "cooked", "\n", "watch", "Key: ", "unwatch"]);
  });
});

Deno.test("readSecret reads one line where there is no terminal", async (t) => {
  const rows: [name: string, chunks: readonly string[], secret: string][] = [
    ["with a line's end", ["op-abc\n"], "op-abc"],
    ["without", ["op-abc"], "op-abc"],
    ["of Windows", ["op-abc\r\n"], "op-abc"],
    ["in pieces", ["op", "-abc", "\nsecond\n"], "op-abc"],
    ["with a byte order mark", ["\ufeffop-abc\n"], "op-abc"],
    ["behind comments", ["# of work\n", " # and\r\nop-abc\nsecond\n"], "op-abc"],
    ["white space is not ours to judge", ["  op-abc \n"], "  op-abc "],
  ];
  for (const [name, chunks, secret] of rows) {
    await t.step(name, async () => {
      const input = fakeInput(false, chunks);
      strictEqual(await readSecret("Key: ", input), secret);
      deepStrictEqual(input.log, []);
    });
  }
  await t.step("in UTF-16", async () => {
    const wide = (text: string) => Uint8Array.from([...text].flatMap((letter) => [letter.charCodeAt(0), 0]));
    const bytes = [new Uint8Array([0xff, 0xfe]), wide("op-abc\r\nsecond\r\n")];
    const input: FakeInput = { ...fakeInput(false, []), read: () => Promise.resolve(bytes.shift()) };
    strictEqual(await readSecret("Key: ", input), "op-abc");
  });
  for (const chunks of [[], ["\n"], ["# op-abc\n"], ["  \n", "op-abc\n"], ["x".repeat(70_000), "x"]]) {
    await t.step(`refuses ${JSON.stringify(chunks).slice(0, 20)}`, async () => {
      await rejects(readSecret("Key: ", fakeInput(false, chunks)), (error) => {
        ok(error instanceof AgentError);
        strictEqual(error.code, "failed");
        return true;
      });
    });
  }
  await t.step("does not wait for the end of a pipe that stays open", async () => {
    const fake = fakeInput(false, ["op-abc\n"]);
    let reads = 0;
    const input: FakeInput = {
      ...fake,
      read: () => ++reads === 1 ? fake.read() : new Promise(() => undefined),
    };
    strictEqual(await readSecret("Key: ", input), "op-abc");
  });
});
