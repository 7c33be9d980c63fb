/**
 * Asking for a secret: from a terminal without showing what is typed, else one line of standard input.
 *
 * Keeps no copy and writes nothing but the question, to standard error. However it ends, the terminal is as it was.
 */
import { AgentError } from "../core/errors.ts";
import { toPlainText } from "../core/plain_lines.ts";
import { writeStderr } from "./terminal.ts";

/** Longest secret that is read, in bytes. */
const MAX_BYTES = 64 * 1024;

/** What is asked of a terminal, or of what stands in for one. */
export interface SecretInput {
  readonly isTerminal: boolean;
  /** Whether typed characters come at once, unseen, and with no meaning of their own. */
  setRaw(raw: boolean): void;
  /** @returns undefined at the end of the input */
  read(): Promise<Uint8Array | undefined>;
  write(text: string): void;
  /** Calls back right before a signal ends the process. @returns what takes the watch away */
  beforeEnding(restore: () => void): () => void;
}

/**
 * Asks for a secret. In a terminal: Enter ends it, Backspace takes back one character, Ctrl-U all, Ctrl-C gives up.
 * From a pipe or file: the first line that is no comment (`# …`).
 *
 * @param question `Opper API key: `
 * @returns as typed, without the line's end
 * @throws {AgentError} interrupted, by Ctrl-C; failed, when there is no input
 */
export async function readSecret(question: string, input: SecretInput = standardInput()): Promise<string> {
  return input.isTerminal ? await readTyped(question, input) : await readLine(input);
}

async function readTyped(question: string, input: SecretInput): Promise<string> {
  let restored = false;
  const restore = () => {
    if (restored) return;
    restored = true;
    input.setRaw(false);
    // The Enter that ended it was not shown.
    input.write("\n");
  };
  input.setRaw(true);
  const unwatch = input.beforeEnding(restore);
  try {
    input.write(toPlainText(question));
    const typed = new TypedLine();
    while (true) {
      const bytes = await input.read();
      const result = bytes === undefined ? "end" : typed.type(bytes);
      if (result === "interrupted") throw new AgentError("interrupted", "Interrupted: nothing was changed.");
      if (result === "line") return typed.text();
      if (result === "end") throw noInput();
    }
  } finally {
    unwatch();
    restore();
  }
}

async function readLine(input: SecretInput): Promise<string> {
  let bytes: number[] = [];
  // Not to the end: a writer may keep its pipe open.
  while (true) {
    const chunk = await input.read();
    if (chunk === undefined) break;
    for (const byte of chunk) {
      if (byte !== LINE_FEED) bytes.push(byte);
      else if (!isComment(lineOf(bytes))) return checked(lineOf(bytes));
      else bytes = [];
    }
    if (bytes.length > MAX_BYTES) throw tooLong();
  }
  return checked(isComment(lineOf(bytes)) ? "" : lineOf(bytes));
}

function checked(line: string): string {
  if (line.trim() === "") throw noInput();
  return line;
}

/** PowerShell's `>` writes UTF-16. */
function isWide(bytes: readonly number[]): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xfe;
}

function lineOf(bytes: readonly number[]): string {
  const text = new Uint8Array(isWide(bytes) ? bytes.slice(0, bytes.length & ~1) : bytes);
  return new TextDecoder(isWide(bytes) ? "utf-16le" : "utf-8").decode(text).replace(/^\ufeff/, "").replace(/\r$/, "");
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith("#");
}

const LINE_FEED = 0x0a;
const ESCAPE = 0x1b;

/** A line that is being typed, byte by byte, as a terminal in raw mode sends it. */
class TypedLine {
  #bytes: number[] = [];
  /** What of an escape sequence (a cursor key, the marks around pasted text) has come so far. */
  #escape: "none" | "begun" | "inside" = "none";

  /** @returns what the input comes to; undefined while it goes on */
  type(bytes: Uint8Array): "line" | "interrupted" | "end" | undefined {
    for (const byte of bytes) {
      const result = this.#typeByte(byte);
      if (result !== undefined) return result;
    }
    if (this.#bytes.length > MAX_BYTES) throw tooLong();
    return undefined;
  }

  text(): string {
    return new TextDecoder().decode(new Uint8Array(this.#bytes));
  }

  #typeByte(byte: number): "line" | "interrupted" | "end" | undefined {
    // Control characters count inside an escape sequence too: Ctrl-C must always work.
    switch (byte) {
      case 0x03: // Ctrl-C
        return "interrupted";
      case 0x04: // Ctrl-D
        return this.#bytes.length === 0 ? "end" : undefined;
      case 0x0d: // Enter
      case LINE_FEED:
        return "line";
      case 0x08: // Ctrl-H
      case 0x7f: // Backspace
        this.#takeBack();
        return undefined;
      case 0x15: // Ctrl-U
        this.#bytes = [];
        return undefined;
      case ESCAPE:
        this.#escape = "begun";
        return undefined;
    }
    if (this.#escape === "begun") this.#escape = byte === 0x5b || byte === 0x4f ? "inside" : "none"; // [ or O
    else if (this.#escape === "inside") {
      if (byte >= 0x40) this.#escape = "none";
    } else if (byte >= 0x20) this.#bytes.push(byte);
    return undefined;
  }

  /** Takes back a character, which may be several bytes. */
  #takeBack(): void {
    let byte: number | undefined;
    do byte = this.#bytes.pop(); while (byte !== undefined && (byte & 0xc0) === 0x80);
  }
}

function noInput(): AgentError {
  return new AgentError("failed", "No key was given.", {
    hint: "Type or paste it when asked, or pipe it in: `opper-agent login < key.txt`.",
  });
}

function tooLong(): AgentError {
  return new AgentError("failed", `The input is longer than ${MAX_BYTES / 1024} KiB: expected a key.`);
}

/** Signals that end a process and can be watched on every system that has them. */
const ENDING: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

function standardInput(): SecretInput {
  const buffer = new Uint8Array(4096);
  return {
    isTerminal: Deno.stdin.isTerminal(),
    setRaw: (raw) => Deno.stdin.setRaw(raw),
    async read() {
      const count = await Deno.stdin.read(buffer);
      return count === null ? undefined : buffer.slice(0, count);
    },
    write: writeStderr,
    beforeEnding(restore) {
      const watches = ENDING.map((signal) => {
        const onSignal = () => {
          restore();
          unwatch();
          // Now that nobody watches, it does what it would have done.
          Deno.kill(Deno.pid, signal);
        };
        Deno.addSignalListener(signal, onSignal);
        return () => Deno.removeSignalListener(signal, onSignal);
      });
      const unwatch = () => {
        for (const stop of watches.splice(0)) stop();
      };
      return unwatch;
    },
  };
}

/**
 * Asks for a yes, on a terminal alone.
 *
 * @param question `Send it? [y/N] `
 * @returns undefined where standard input or standard error is no terminal: nobody was asked
 */
export async function confirmOnTerminal(question: string): Promise<boolean | undefined> {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return undefined;
  writeStderr(toPlainText(question));
  const buffer = new Uint8Array(1024);
  let line = "";
  while (!line.includes("\n") && line.length < MAX_BYTES) {
    const count = await Deno.stdin.read(buffer);
    if (count === null) break;
    line += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return /^\s*y(es)?\s*$/i.test(line);
}
