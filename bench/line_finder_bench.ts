/** How fast lines are found, without and with reading the file, beside reading alone. Makes its own 64 MiB log. */
import { openFile } from "../src/host/files.ts";
import { LineFinder } from "../src/scan/logs/lines/line_finder.ts";
import { readLines } from "../src/scan/logs/lines/read_lines.ts";
import { takeAllSteps } from "../src/scan/logs/take_steps.ts";
import { claudeSource as claude } from "../src/agents/claude/source.ts";
import { codexSource as codex } from "../src/agents/codex/source.ts";
import { piSource as pi } from "../src/agents/pi/source.ts";

const SIZE = 64 << 20;
const PATH = Deno.makeTempFileSync({ suffix: ".jsonl" });
globalThis.addEventListener("unload", () => Deno.removeSync(PATH));

/** A tool's output and an answer in turn, as Pi writes them: one line in two holds a needle, at its end. */
function makeLog(): Uint8Array {
  const prose = 'const rows = store.all<{ id: number }>("SELECT id FROM sessions");\n\tif (rows.length === 0) return; '
    .repeat(60);
  const lines = [
    { type: "message", id: "01", message: { role: "toolResult", content: [{ type: "text", text: prose }] } },
    { type: "message", id: "02", message: { role: "assistant", content: [], usage: { input: 3, output: 200 } } },
  ];
  const pair = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const log = new Uint8Array(SIZE - SIZE % pair.length);
  for (let at = 0; at < log.length; at += pair.length) log.set(pair, at);
  return log;
}

const log = makeLog();
Deno.writeFileSync(PATH, log);
const buffer = new Uint8Array(1 << 18);
const ignore = () => {};

Deno.bench("read 64 MiB and do nothing", { group: "read", baseline: true }, () => {
  const file = openFile(PATH, 0);
  while (file.read(buffer) > 0);
  file.close();
});

for (const [id, source] of Object.entries({ pi, claude, codex })) {
  Deno.bench(`readLines of 64 MiB, needles of ${id}`, { group: "read" }, () => {
    const options = { from: 0, needles: source.needles, onLine: ignore, onProblem: ignore };
    takeAllSteps(readLines({ path: PATH, compressed: false }, options));
  });
}

Deno.bench("find lines in 64 MiB of memory, needles of pi", { group: "memory" }, () => {
  const finder = new LineFinder({ needles: pi.needles, everyLine: false, onLine: ignore });
  for (let at = 0; at < log.length; at += buffer.length) {
    const piece = log.subarray(at, at + buffer.length);
    finder.space(piece.length).set(piece);
    finder.search(piece.length);
  }
  finder.close();
});
