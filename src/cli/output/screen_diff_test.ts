/** What is sent is little, and a terminal that obeys it shows what is meant. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { seededRandom } from "../../../tests/support/random.ts";
import { displayWidth, loadWidths } from "./display_width.ts";
import { cutLine, diffScreens } from "./screen_diff.ts";

// Some of what is drawn here has characters that take it.
await loadWidths();

const GREEN = (text: string) => `\x1b[32m${text}\x1b[39m`;
const BOLD = (text: string) => `\x1b[1m${text}\x1b[22m`;

/** A frame's begin and end, and where the cursor comes to stand. */
const frame = (changes: string, cursor: string) => `\x1b[?2026h\x1b[?25l${changes}${cursor}\x1b[?25h\x1b[?2026l`;

Deno.test("diffScreens() sends what changed", async (t) => {
  const rows: [name: string, before: string[] | undefined, after: string[], sent: string][] = [
    ["nothing", ["a", "b"], ["a", "b"], ""],
    [
      "all, when what is shown is not known",
      undefined,
      ["a", "bc"],
      frame("\x1b[0m\x1b[2J\x1b[1;1Ha\x1b[2;1Hbc", "\x1b[2;3H"),
    ],
    ["one digit of a countdown", ["warm 4m 12s  x"], ["warm 4m 11s  x"], frame("\x1b[1;10H1", "\x1b[1;15H")],
    [
      "two, in their colour",
      [`${GREEN("warm 4m 10s")}  x`],
      [`${GREEN("warm 4m 09s")}  x`],
      frame("\x1b[1;9H\x1b[32m09\x1b[0m", "\x1b[1;15H"),
    ],
    ["what moves all behind it", ["warm 10s  x"], ["warm 9s  x"], frame("\x1b[1;6H9s  x\x1b[K", "\x1b[1;11H")],
    ["another colour of the same text", ["ab"], [`a${GREEN("b")}`], frame("\x1b[1;2H\x1b[32mb\x1b[0m", "\x1b[1;3H")],
    ["a line that is gone", ["a", "b"], ["a", ""], frame("\x1b[2;1H\x1b[K", "\x1b[2;1H")],
    ["a row that is gone", ["a", "b"], ["a"], frame("\x1b[2;1H\x1b[K", "\x1b[1;2H")],
    ["behind wide characters, at the column where they end", ["日本 1"], ["日本 2"], frame("\x1b[1;6H2", "\x1b[1;7H")],
    ["a wide character for two narrow ones", ["abc"], ["日c"], frame("\x1b[1;1H日", "\x1b[1;4H")],
  ];
  for (const [name, before, after, sent] of rows) {
    await t.step(name, () => strictEqual(diffScreens(before, after), sent));
  }
});

Deno.test("cutLine() leaves what fits, in its looks", async (t) => {
  const rows: [line: string, width: number, cut: string][] = [
    ["all of it", 9, "all of it"],
    ["all of it", 6, "all of"],
    [`${GREEN("warm")} 4m`, 7, `${GREEN("warm")} 4m`],
    [`${GREEN("warm")} 4m`, 5, "\x1b[32mwarm\x1b[0m "],
    [GREEN("warm"), 2, "\x1b[32mwa\x1b[0m"],
    ["日本 1", 3, "日"],
    ["日本 1", 1, ""],
    ["a", 0, ""],
  ];
  for (const [line, width, cut] of rows) {
    await t.step(`${JSON.stringify(line)} in ${width}`, () => strictEqual(cutLine(line, width), cut));
  }
});

Deno.test("a terminal that obeys shows what is meant", () => {
  const random = seededRandom(2026);
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
  const word = () => pick(["warm", "4m 12s", "日本語", "é", "👩‍💻", " ", "$0.12", "cold", ""]);
  const line = () =>
    Array.from({ length: Math.floor(random() * 5) }, () => pick([word, () => GREEN(word()), () => BOLD(word())])())
      .join("");
  let shown: string[] | undefined;
  const terminal = new ToyTerminal();
  for (let turn = 0; turn < 2000; turn++) {
    const next = random() < 0.3 || shown === undefined
      ? Array.from({ length: 1 + Math.floor(random() * 4) }, line)
      : shown.map((old) => random() < 0.3 ? line() : old);
    terminal.obey(diffScreens(random() < 0.05 ? undefined : shown, next));
    shown = next;
    const wanted = new ToyTerminal();
    for (const [row, text] of next.entries()) wanted.obey(`\x1b[${row + 1};1H${text}`);
    deepStrictEqual(terminal.rows(), wanted.rows(), JSON.stringify(next));
  }
});

/** Understands what is sent, and throws at anything else. Each column holds a character and how it looks. */
class ToyTerminal {
  #cells: string[][] = [];
  #row = 0;
  #column = 0;
  #look = "";

  obey(text: string): void {
    // deno-lint-ignore no-control-regex
    for (const [whole, params, command] of text.matchAll(/\x1b\[([?\d;]*)([A-Za-z])|[^\x1b]+/g)) {
      switch (command) {
        case undefined:
          this.#print(whole);
          break;
        case "H":
          [this.#row, this.#column] = params!.split(";").map((part) => Number(part) - 1) as [number, number];
          break;
        case "J":
          strictEqual(params, "2");
          this.#cells = [];
          break;
        case "K":
          strictEqual(params, "");
          this.#line().length = Math.min(this.#line().length, this.#column);
          break;
        case "m":
          this.#look = ["0", "22", "39"].includes(params!) ? "" : params!;
          break;
        default:
          ok(["?2026h", "?2026l", "?25h", "?25l"].includes(params! + command), whole);
      }
    }
  }

  /** Without blanks that nobody sees at the ends of lines, and without empty rows below. */
  rows(): string[] {
    const rows = Array.from(this.#cells, (cells) => Array.from(cells ?? [], (cell) => cell ?? " "))
      .map((cells) => {
        while (cells.at(-1)?.trim() === "" || cells.at(-1)?.endsWith(" ")) cells.pop();
        return cells.join("");
      });
    while (rows.at(-1) === "") rows.pop();
    return rows;
  }

  #line(): string[] {
    return this.#cells[this.#row] ??= [];
  }

  #print(text: string): void {
    for (const { segment } of new Intl.Segmenter().segment(text)) {
      const columns = displayWidth(segment);
      const line = this.#line();
      for (let index = 0; index < columns; index++) {
        line[this.#column + index] = index === 0 ? `${this.#look}${segment}` : "";
      }
      this.#column += columns;
    }
  }
}
