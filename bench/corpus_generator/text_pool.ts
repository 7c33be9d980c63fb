/**
 * Text that looks like what agents read and write: prose, code, listings, diffs, output of tools, JSON within text, and
 * pictures. Made once from a seed and cut from then on, since a corpus of gigabytes is mostly text.
 *
 * Everything given out is the inside of a JSON string, escaped already.
 */
import type { Draws } from "./draws.ts";

const PIECES = 3000;
const PICTURE_BYTES = 1 << 20;

const WORDS =
  ("the session reads every log once and keeps an index of what it found so that the next run starts where " +
    "this one stopped if a file shrank it is read anew because nothing in it can be trusted any more we should check " +
    "whether tests cover that case before changing how cache tokens are counted and then run all of them again usage " +
    "cost model provider assistant tool result message error branch commit fix handler parser buffer token window")
    .split(" ");
const NAMES = [
  "session",
  "index",
  "cursor",
  "buffer",
  "parseLine",
  "readChunk",
  "tokenCount",
  "usage",
  "rollup",
  "row",
];
const TYPES = ["string", "number", "Map<string, Turn>", "readonly Row[]", "Promise<void>", "Uint8Array", "unknown"];
const DIRECTORIES = [
  "src/core",
  "src/scan",
  "lib/http",
  "packages/ui/src",
  "internal/store",
  "tests/e2e",
  "cmd/server",
];
const UNUSUAL = [
  "naïve café",
  "größer — länger",
  "日本語のログ",
  "→ ✓ ✗",
  "emoji 🚀🔥",
  "“quoted”",
  "Ελληνικά",
  "░▒▓█",
];

export class TextPool {
  readonly #draws: Draws;
  readonly #pieces: string[] = [];
  readonly #nested: string[] = [];
  readonly #picture: string;

  constructor(draws: Draws) {
    this.#draws = draws;
    const makers = [prose, prose, typescript, python, listing, diff, grepOutput, jsonText, shell, table];
    for (let i = 0; i < PIECES; i++) {
      const piece = makers[i % makers.length]!(draws);
      const escaped = JSON.stringify(piece).slice(1, -1);
      this.#pieces.push(escaped);
      if (i % 4 === 0) this.#nested.push(JSON.stringify(escaped).slice(1, -1));
    }
    let picture = "";
    while (picture.length < PICTURE_BYTES) picture += draws.base62(4096);
    this.#picture = picture;
  }

  /** About so many characters, in whole pieces but for short ones. */
  text(length: number): string {
    return this.#cut(this.#pieces, length);
  }

  /** As {@linkcode text}, for a JSON text that is itself a JSON string: escaped twice. */
  nested(length: number): string {
    return this.#cut(this.#nested, length);
  }

  /** A line of plain words: needs no escape. */
  words(count: number): string {
    const words: string[] = [];
    while (words.length < count) words.push(this.#draws.pick(WORDS));
    return words.join(" ");
  }

  /** Exactly so many characters that look like a picture, a signature or a sealed thought. */
  base64(length: number): string {
    let text = "";
    while (text.length < length) {
      const from = this.#draws.whole(0, PICTURE_BYTES - 1);
      text += this.#picture.slice(from, from + length - text.length);
    }
    return text;
  }

  #cut(pieces: readonly string[], length: number): string {
    let text = "";
    for (;;) {
      const piece = this.#draws.pick(pieces);
      const room = length - text.length;
      if (piece.length <= room) {
        text += piece;
        if (room - piece.length < 16) return text;
        continue;
      }
      // After a space: never within an escape, nor between the halves of a character beyond the first 65,536.
      return text + (piece.slice(0, piece.lastIndexOf(" ", room - 1) + 1) || "ok");
    }
  }
}

function sentence(draws: Draws): string {
  const words = Array.from({ length: draws.whole(5, 18) }, () => draws.pick(WORDS));
  if (draws.chance(0.15)) words.splice(2, 0, `"${draws.pick(NAMES)}"`);
  if (draws.chance(0.15)) words.splice(1, 0, `\`${draws.pick(NAMES)}()\``);
  if (draws.chance(0.06)) words.push(draws.pick(UNUSUAL));
  const text = words.join(" ");
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function several(draws: Draws, from: number, to: number, make: (draws: Draws) => string): string {
  return Array.from({ length: draws.whole(from, to) }, () => make(draws)).join("\n") + "\n";
}

function path(draws: Draws): string {
  return `${draws.pick(DIRECTORIES)}/${draws.pick(NAMES)}_${draws.whole(1, 99)}.ts`;
}

function prose(draws: Draws): string {
  const heading = draws.chance(0.3) ? `## ${sentence(draws)}\n\n` : "";
  return heading + Array.from({ length: draws.whole(1, 5) }, () => sentence(draws)).join(" ") + "\n\n";
}

function typescript(draws: Draws): string {
  const name = draws.pick(NAMES);
  const body = several(draws, 2, 9, () =>
    draws.pick([
      `  const ${draws.pick(NAMES)}: ${draws.pick(TYPES)} = ${draws.pick(NAMES)}.get("${draws.pick(WORDS)}") ?? [];`,
      `  if (${draws.pick(NAMES)}.length === ${draws.whole(0, 64)}) return undefined; // ${draws.pick(WORDS)}`,
      `  throw new Error(\`Expected "\${${draws.pick(NAMES)}}" at line ${draws.whole(1, 900)}\`);`,
      `\tfor (const row of ${draws.pick(NAMES)}) total += row.${draws.pick(NAMES)} * ${draws.number().toFixed(4)};`,
      `  const match = /^\\s*"(\\w+)":\\s*(\\d+)/.exec(line);`,
    ]));
  return `export function ${name}${draws.whole(1, 99)}(input: ${draws.pick(TYPES)}): ${
    draws.pick(TYPES)
  } {\n${body}}\n\n`;
}

function python(draws: Draws): string {
  const body = several(draws, 2, 8, () =>
    draws.pick([
      `    ${draws.pick(NAMES)} = [row["${draws.pick(WORDS)}"] for row in rows if row is not None]`,
      `    logger.info("%s took %d ms", "${draws.pick(WORDS)}", ${draws.whole(1, 9000)})`,
      `    assert ${draws.pick(NAMES)} == ${draws.whole(0, 100)}, f"got {${draws.pick(NAMES)}!r}"`,
    ]));
  return `def ${draws.pick(WORDS)}_${draws.whole(1, 99)}(rows: list[dict]) -> None:\n    """${
    sentence(draws)
  }"""\n${body}\n`;
}

function listing(draws: Draws): string {
  return several(
    draws,
    3,
    14,
    () =>
      `-rw-r--r-- 1 dev dev ${String(draws.whole(40, 900000)).padStart(7)} Nov ${draws.whole(1, 28)} ${
        draws.whole(10, 23)
      }:${draws.whole(10, 59)} ${path(draws)}`,
  );
}

function diff(draws: Draws): string {
  const file = path(draws);
  const lines = several(
    draws,
    4,
    14,
    () => `${draws.pick([" ", "+", "-"])}  ${draws.pick(NAMES)}("${sentence(draws)}");`,
  );
  return `diff --git a/${file} b/${file}\n@@ -${draws.whole(1, 400)},7 +${draws.whole(1, 400)},9 @@\n${lines}`;
}

function grepOutput(draws: Draws): string {
  return several(
    draws,
    3,
    12,
    () => `${path(draws)}:${draws.whole(1, 900)}:\tconst ${draws.pick(NAMES)} = "${draws.pick(WORDS)}";`,
  );
}

/** What an agent that works on such a program reads: keys that a careless search takes for the log's own. */
function jsonText(draws: Draws): string {
  const usage = { input_tokens: draws.whole(1, 999), output_tokens: draws.whole(1, 999), cache_read_input_tokens: 0 };
  const record = draws.pick<object>([
    { type: "assistant", message: { role: "assistant", model: "claude-sonnet-4-5", usage } },
    {
      name: draws.pick(NAMES),
      version: `${draws.whole(0, 9)}.${draws.whole(0, 40)}.1`,
      scripts: { test: "deno test -A" },
    },
    { type: "event_msg", payload: { type: "token_count", info: { total_token_usage: usage } } },
    { rows: Array.from({ length: draws.whole(2, 9) }, (_, id) => ({ id, text: sentence(draws) })) },
  ]);
  return `${JSON.stringify(record, null, draws.chance(0.5) ? 2 : 0)}\n`;
}

function shell(draws: Draws): string {
  return `$ ${draws.pick(["deno test -A", "git status --short", "npm run build", "rg -n 'usage'"])} ${path(draws)}\n${
    several(draws, 1, 9, () =>
      draws.pick([
        `\u001b[32mok\u001b[0m ${sentence(draws)} (${draws.whole(1, 400)}ms)`,
        `error[E0${draws.whole(100, 599)}]: ${sentence(draws)}\n  --> C:\\work\\${draws.pick(NAMES)}.rs:${
          draws.whole(1, 90)
        }`,
        ` M ${path(draws)}`,
      ]))
  }`;
}

function table(draws: Draws): string {
  return `┌──────────┬──────┐\n${
    several(draws, 2, 8, () => `│ ${draws.pick(NAMES).padEnd(12)} │ ${draws.whole(1, 99999)} │ ${draws.pick(UNUSUAL)}`)
  }└──────────┴──────┘\n`;
}
