/** What happens to the files of logs between two scans: they grow, move, vanish, come back, and are other files by the same name. */
import { dirname, join } from "node:path";
import type { Draws } from "../corpus_generator/draws.ts";
import type { KnownLog } from "./known_logs.ts";
import { type Bytes, join as joinBytes, joinLines, linesOf, mutateLog } from "./mutate_log.ts";

/** A log of the home, and what it was when its tool was done with it. */
export interface LivingLog {
  path: string;
  readonly whole: Bytes;
}

export class LogHome {
  readonly directory: string;
  readonly logs: LivingLog[] = [];
  /** What was done, in order, for who looks at a finding. */
  readonly history: string[] = [];
  readonly #draws: Draws;
  /** Content by path, of logs that were taken away. */
  readonly #removed: { readonly path: string; readonly bytes: Bytes }[] = [];
  #copies = 0;

  constructor(directory: string, draws: Draws) {
    this.directory = directory;
    this.#draws = draws;
  }

  /** Some begin whole, some as a part that is to grow, and some are damaged from the start. */
  add(log: KnownLog, others: readonly KnownLog[]): void {
    const draws = this.#draws;
    const lines = linesOf(log.bytes);
    const kind = draws.pick(["whole", "part", "part", "harmed"]);
    let bytes = kind === "part" ? joinLines(lines.slice(0, draws.whole(0, lines.length))) : log.bytes;
    if (kind === "harmed") {
      const { bytes: harmed, names } = mutateLog(bytes, draws, draws.pick(others).bytes);
      bytes = harmed;
      this.history.push(`${log.path}: ${names.join(", ")}`);
    } else this.history.push(`${log.path}: ${kind}`);
    this.#write(log.path, bytes);
    this.logs.push({ path: log.path, whole: log.bytes });
  }

  /** Does one thing to one log. */
  change(others: readonly KnownLog[]): void {
    const draws = this.#draws;
    const log = draws.pick(this.logs);
    const name = draws.pick(Object.keys(CHANGES));
    this.history.push(`${log.path}: ${name}`);
    CHANGES[name]!({ home: this, log, bytes: this.read(log.path), draws, other: draws.pick(others).bytes });
  }

  /** Lets one go on as its tool writes it, line by line or in the middle of one. */
  grow(): void {
    const log = this.#draws.pick(this.logs);
    const name = this.#draws.pick(["goes on by lines", "goes on by bytes"]);
    CHANGES[name]!({ home: this, log, bytes: this.read(log.path), draws: this.#draws, other: log.whole });
  }

  /** Undefined for one that is not there. */
  read(path: string): Bytes | undefined {
    try {
      return Deno.readFileSync(join(this.directory, path));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.FilesystemLoop)) throw error;
      return undefined;
    }
  }

  /** As an editor does it: another file takes the name. */
  replace(path: string, bytes: Bytes): void {
    const temporary = join(this.directory, "new");
    Deno.writeFileSync(temporary, bytes);
    this.#makeDirectory(path);
    Deno.renameSync(temporary, join(this.directory, path));
  }

  /** In the file that is there. */
  overwrite(path: string, bytes: Bytes): void {
    this.#write(path, bytes);
  }

  append(path: string, bytes: Bytes): void {
    this.#makeDirectory(path);
    Deno.writeFileSync(join(this.directory, path), bytes, { append: true });
  }

  remove(path: string): void {
    const bytes = this.read(path);
    if (bytes === undefined) return;
    this.#removed.push({ path, bytes });
    Deno.removeSync(join(this.directory, path));
  }

  /** The one that went away last. */
  restore(): void {
    const removed = this.#removed.pop();
    if (removed !== undefined) this.#write(removed.path, removed.bytes);
  }

  move(log: LivingLog, path: string): void {
    if (this.read(log.path) === undefined) return;
    this.#makeDirectory(path);
    Deno.renameSync(join(this.directory, log.path), join(this.directory, path));
    log.path = path;
  }

  /** A name beside a log's that its tool might have given as well. */
  nameBeside(path: string): string {
    const digits = String(++this.#copies).padStart(4, "0");
    return path.replace(/[0-9a-f]{4}(?=\.jsonl)|(?=\.jsonl)/, digits);
  }

  inDirectory(path: string): string {
    return join(this.directory, path);
  }

  #write(path: string, bytes: Bytes): void {
    this.#makeDirectory(path);
    Deno.writeFileSync(join(this.directory, path), bytes);
  }

  #makeDirectory(path: string): void {
    Deno.mkdirSync(dirname(join(this.directory, path)), { recursive: true });
  }
}

interface ChangeParts {
  readonly home: LogHome;
  readonly log: LivingLog;
  readonly bytes: Bytes | undefined;
  readonly draws: Draws;
  readonly other: Bytes;
}

/** Each happens to a log that may be gone already, and does nothing then or makes it anew. */
const CHANGES: Readonly<Record<string, (parts: ChangeParts) => void>> = {
  /** What its tool wrote next. Twice, since it is what happens all the time. */
  "goes on by lines": goOnByLines,
  "goes on by more lines": goOnByLines,
  "goes on by bytes"({ home, log, bytes = new Uint8Array(), draws }) {
    const rest = log.whole.subarray(Math.min(bytes.length, log.whole.length));
    home.append(log.path, rest.slice(0, draws.whole(0, rest.length)));
  },
  "grows by its own lines"({ home, log, bytes = new Uint8Array(), draws }) {
    const lines = linesOf(bytes);
    const from = draws.whole(0, lines.length - 1);
    home.append(log.path, joinLines(lines.slice(from, from + draws.whole(1, lines.length))));
  },
  "grows by its own lines under new ids"({ home, log, bytes = new Uint8Array(), draws }) {
    const text = new TextDecoder().decode(joinLines(linesOf(bytes).slice(-draws.whole(1, 12))));
    const id = draws.hex(8);
    const keys = ["requestId", "uuid", "id", "timestamp"].filter(() => draws.chance(0.5));
    const renamed = keys.reduce((text, key) =>
      text.replaceAll(
        new RegExp(`"${key}":"([^"]*)"`, "g"),
        (whole, value: string) =>
          key === "timestamp" ? whole.replace(/T\d\d:/, "T23:") : `"${key}":"${value.slice(0, -4)}${id}"`,
      ), draws.chance(0.5) ? text.replaceAll('"isSidechain":false', '"isSidechain":true') : text);
    home.append(log.path, new TextEncoder().encode(renamed));
  },
  "grows by lines of another"({ home, log, draws, other }) {
    home.append(log.path, joinLines(linesOf(other).slice(-draws.whole(1, 10))));
  },
  "grows by a harmed line"({ home, log, draws, other }) {
    const line = joinLines([draws.pick(linesOf(log.whole))]);
    home.append(log.path, mutateLog(line, draws, other).bytes);
  },
  "is harmed"({ home, log, bytes, draws, other }) {
    if (bytes === undefined || bytes.length === 0) return;
    const harmed = mutateLog(bytes, draws, other).bytes;
    if (draws.chance(0.5)) home.overwrite(log.path, harmed);
    else home.replace(log.path, harmed);
  },
  "is rewritten in the middle"({ home, log, bytes, draws }) {
    if (bytes === undefined || bytes.length === 0) return;
    const changed = bytes.slice();
    const digits = [...changed.keys()].filter((at) => changed[at]! >= 48 && changed[at]! <= 57);
    for (let count = draws.whole(1, 30); count > 0 && digits.length > 0; count--) {
      changed[draws.pick(digits)] = 48 + draws.whole(0, 9);
    }
    home.overwrite(log.path, changed);
  },
  "is rewritten in the middle and grows"({ home, log, bytes, draws }) {
    if (bytes === undefined || bytes.length === 0) return;
    const lines = linesOf(bytes).filter(() => !draws.chance(0.1));
    home.overwrite(log.path, joinBytes([joinLines(lines), log.whole]));
  },
  "is cut off"({ home, log, bytes = new Uint8Array(), draws }) {
    home.overwrite(log.path, bytes.slice(0, draws.whole(0, bytes.length)));
  },
  "is whole again": ({ home, log }) => home.replace(log.path, log.whole),
  "is of the same size and time"({ home, log, bytes, draws }) {
    if (bytes === undefined || bytes.length === 0) return;
    const path = home.inDirectory(log.path);
    const { mtime } = Deno.statSync(path);
    const turned = bytes.map((byte) => byte >= 49 && byte <= 56 && draws.chance(0.05) ? byte + 1 : byte);
    if (draws.chance(0.5)) home.overwrite(log.path, turned);
    else home.replace(log.path, turned);
    Deno.utimeSync(path, mtime!, mtime!);
  },
  "is from the past"({ home, log, bytes, draws }) {
    if (bytes === undefined) return;
    const time = new Date(Date.UTC(2026, draws.whole(0, 11), draws.whole(1, 28)));
    Deno.utimeSync(home.inDirectory(log.path), time, time);
  },
  "is another log": ({ home, log, other }) => home.replace(log.path, other),
  "goes away": ({ home, log }) => home.remove(log.path),
  "comes back": ({ home }) => home.restore(),
  "is renamed": ({ home, log }) => home.move(log, home.nameBeside(log.path)),
  "is copied"({ home, log, bytes, draws }) {
    if (bytes === undefined) return;
    const path = home.nameBeside(log.path);
    const lines = linesOf(bytes);
    home.overwrite(path, draws.chance(0.5) ? bytes : joinLines(lines.slice(0, draws.whole(0, lines.length))));
    home.logs.push({ path, whole: log.whole });
  },
  "is copied to another project"({ home, log, bytes }) {
    if (bytes === undefined) return;
    const path = join(dirname(log.path), "..", "-other-project", log.path.split("/").at(-1)!);
    home.overwrite(path, bytes);
    home.logs.push({ path, whole: log.whole });
  },
  "is linked": ({ home, log, bytes }) => {
    if (bytes !== undefined) Deno.symlinkSync(home.inDirectory(log.path), home.inDirectory(home.nameBeside(log.path)));
  },
  "has a second name": ({ home, log, bytes }) => {
    if (bytes !== undefined) Deno.linkSync(home.inDirectory(log.path), home.inDirectory(home.nameBeside(log.path)));
  },
};

function goOnByLines({ home, log, bytes = new Uint8Array(), draws }: ChangeParts): void {
  const rest = log.whole.subarray(Math.min(bytes.length, log.whole.length));
  // A tool that died behind a record writes the next one on the same line.
  const lines = linesOf(rest[0] === 10 && draws.chance(0.5) ? rest.subarray(1) : rest);
  const added = joinLines(lines.slice(0, draws.whole(1, Math.max(1, Math.min(12, lines.length)))));
  home.append(log.path, draws.chance(0.2) ? added.slice(0, -1) : added);
}
