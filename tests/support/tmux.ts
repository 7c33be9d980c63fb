/** A program in a real terminal: tmux draws its screen and types its keys. A missing tmux is a failure, never a skip. */
import { strictEqual } from "node:assert/strict";
import { pause, waitUntil } from "./wait_until.ts";

export interface TerminalOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  /** All of the environment; TERM is added. */
  readonly env: Readonly<Record<string, string>>;
  /** @default 150 */
  readonly columns?: number;
  /** @default 50 */
  readonly rows?: number;
}

/** Each has a tmux server of its own, so that tests share nothing with each other or with the developer. */
export class Terminal implements AsyncDisposable {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** @param socket path of a file that does not exist yet */
  static async open(socket: string, options: TerminalOptions): Promise<Terminal> {
    const { command, cwd, env, columns = 150, rows = 50 } = options;
    const terminal = new Terminal(socket);
    const set = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const words = ["env", "-i", "TERM=tmux-256color", "LANG=C.UTF-8", ...set, ...command];
    const line = `${words.map(quote).join(" ")}; echo "ENDED WITH $?"; sleep 600`;
    const size = ["-x", String(columns), "-y", String(rows)];
    await terminal.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", cwd, "sh", "-c", line);
    return terminal;
  }

  /** Names of keys as tmux has them: `Enter`, `C-c`, `Down`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#tmux("send-keys", key);
      await pause(150);
    }
  }

  /**
   * Types a text as it is, and Enter.
   *
   * @param isShown whether the terminal shows what is typed: Enter then waits until the text is there. @default true
   */
  async enter(text: string, isShown = true): Promise<void> {
    await this.#tmux("send-keys", "-l", text);
    const end = withoutBlanks(text).slice(-20);
    if (isShown) {
      await this.waitFor(
        `"${text}" to be shown`,
        async () => withoutBlanks(await this.screen()).includes(end) ? true : undefined,
      );
    }
    // A full screen takes Enter right behind text for part of something pasted, or of a command that it completes.
    await pause(400);
    await this.press("Enter");
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Writes to the terminal as another program would that has it open. */
  async print(text: string): Promise<void> {
    const path = (await this.#tmux("display-message", "-p", "#{pane_tty}")).trim();
    await Deno.writeTextFile(path, text);
  }

  /** Of the shell that runs the command. */
  async shellId(): Promise<number> {
    return Number(await this.#tmux("display-message", "-p", "#{pane_pid}"));
  }

  screen(): Promise<string> {
    return this.#tmux("capture-pane", "-p", "-S", "-200");
  }

  /** Without what scrolled off. */
  visibleScreen(): Promise<string> {
    return this.#tmux("capture-pane", "-p");
  }

  /** With the escape sequences of its colours. */
  colouredScreen(): Promise<string> {
    return this.#tmux("capture-pane", "-p", "-e", "-S", "-200");
  }

  /** With lines that the terminal had to wrap joined again; they keep the blanks at their end. */
  joinedScreen(): Promise<string> {
    return this.#tmux("capture-pane", "-p", "-J", "-S", "-200");
  }

  /** Waits until the screen shows it. @throws {Error} with the screen, when it does not */
  async waitForScreen(pattern: RegExp): Promise<string> {
    return await this.waitFor(`the screen to match ${pattern}`, async () => {
      const screen = await this.screen();
      return pattern.test(screen) ? screen : undefined;
    });
  }

  /** Waits until `look` finds something. @throws {Error} with the screen, when it does not */
  waitFor<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    return waitUntil(what, look, { everyMs: 100, state: async () => `The screen:\n${await this.screen()}` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-S", this.#socket, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    strictEqual(success, true, `tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}

/** @throws {Error} when it is missing and cannot be installed */
export async function requireTmux(): Promise<void> {
  if (await works(["tmux", "-V"])) return;
  if (Deno.uid() === 0) {
    await works(["apt-get", "update", "-qq"]);
    await works(["apt-get", "install", "-qq", "-y", "tmux"]);
  }
  if (!await works(["tmux", "-V"])) throw new Error("These tests need tmux: install it, for instance with apt-get.");
}

async function works([program, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** However the screen wraps it. */
function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, "");
}
