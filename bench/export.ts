/**
 * What `export` costs over made logs, and what the five questions of a team cost over what many people export.
 *
 *     deno task bench:export
 *     deno task bench:export --only questions --turns 10000000 --people 5000
 *     deno task bench:export --only years --program dist/build/linux-x64/opper-agent
 *
 * Ends with status 1 when turns are missing or layouts give different answers. DuckDB and Node come from npm; memory needs
 * GNU time.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "./comparison/machine.ts";
import { figuresTable } from "./comparison/print_table.ts";
import { ourCommand } from "./comparison/programs.ts";
import { generateCorpus } from "./corpus_generator/generate_corpus.ts";
import { parseSize } from "./make_corpus.ts";
import { makeManyLogs } from "./many_logs.ts";
import { askMadeTurns, QUESTION_NAMES } from "./team/ask_made_turns.ts";
import { measureExport } from "./team/measure_export.ts";

const USUAL_PARTS = ["large", "many", "questions"] as const;
const PARTS = [...USUAL_PARTS, "years"] as const;
type Part = typeof PARTS[number];

/** A corpus as most figures are of, and one as if years of it were kept. */
const SIZES_OF_YEARS = "1100MB,10GB";

const HELP = `deno task bench:export [options]

  --only PARTS         large: a corpus of large logs; many: many small logs;
                       questions: the five of a team, in DuckDB (${USUAL_PARTS.join(",")});
                       years: 1.1 and 10 GB of logs in 1,900 and 23,000 files, which need 11 GB of disk
  --bytes SIZES        of the large logs, a run each (100MB,400MB)
  --logs COUNTS        of the small logs, a run each (5000,20000)
  --turns COUNT        that the questions are asked over (1000000)
  --people COUNT       whose turns they are (500)
  --small-files        asks over a file a person and month as well; writing them takes a minute for each 6,000
  --program COMMAND    what is measured (this source, run by Deno)`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: USUAL_PARTS.join(",") },
    bytes: { type: "string", default: "100MB,400MB" },
    logs: { type: "string", default: "5000,20000" },
    turns: { type: "string", default: "1000000" },
    people: { type: "string", default: "500" },
    "small-files": { type: "boolean", default: false },
    program: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** Logs, and how many turns they have. */
interface MadeLogs {
  readonly name: string;
  make(home: string): { readonly turns: number };
}

function largeLogs(sizes: string): readonly MadeLogs[] {
  return sizes.split(",").map((size) => ({
    name: `${size} in large logs`,
    make(home) {
      const { sources } = generateCorpus({ directory: home, size: { bytes: parseSize(size) } });
      return { turns: Object.values(sources).reduce((sum, { total }) => sum + total.turns, 0) };
    },
  }));
}

function manyLogs(): readonly MadeLogs[] {
  return options.logs.split(",").map((count) => ({
    name: `${count} logs of a kilobyte`,
    make: (home) => makeManyLogs(home, Number(count)),
  }));
}

async function exportTable(logs: readonly MadeLogs[], work: string): Promise<string> {
  const rows: string[][] = [];
  for (const [index, { name, make }] of logs.entries()) {
    console.error(`Exporting ${name}`);
    const directory = join(work, String(index));
    const home = join(directory, "home");
    const { turns } = make(home);
    const measured = await measureExport(ourCommand(options.program), home, directory, turns);
    for (const [run, { wallMs, userMs, peakMb }] of measured.runs) {
      const isExport = run === "first export";
      rows.push([
        name,
        run,
        wallMs.toFixed(0),
        userMs?.toFixed(0) ?? "",
        peakMb?.toFixed(0) ?? "",
        isExport ? String(turns) : "",
        isExport ? (turns / wallMs * 1000).toFixed(0) : "",
        isExport ? (measured.bytes / turns).toFixed(1) : "",
      ]);
    }
    await Deno.remove(directory, { recursive: true });
  }
  const header = ["logs", "run", "wall ms", "user ms", "peak MB", "turns", "turns/s", "bytes a turn"];
  return figuresTable(header, rows, [2, 3, 4, 5, 6, 7]);
}

async function questionsTable(work: string): Promise<string> {
  const [turns, people] = [Number(options.turns), Number(options.people)];
  const figures = await askMadeTurns({ turns, people, hasSmallFiles: options["small-files"] }, work);
  const rows = figures.map(({ layout, bytes, cpuMs }) => [
    layout,
    ...cpuMs.map((ms) => ms.toFixed(0)),
    bytes === undefined ? "" : (bytes / 1e6).toFixed(0),
  ]);
  const table = figuresTable(["layout", ...QUESTION_NAMES, "MB"], rows, [1, 2, 3, 4, 5, 6]);
  return `${turns} turns of ${people} people, DuckDB, milliseconds of processor time:\n\n${table}`;
}

async function benchExport(): Promise<void> {
  const only = options.only.split(",");
  const unknown = only.find((part) => !PARTS.includes(part as Part));
  if (unknown !== undefined) throw new Error(`Expected some of ${PARTS.join(",")} after --only, found "${unknown}".`);
  const work = await Deno.makeTempDir({ prefix: "opper-agent-bench-export-" });
  try {
    const logs = [
      ...only.includes("large") ? largeLogs(options.bytes) : [],
      ...only.includes("many") ? manyLogs() : [],
      ...only.includes("years") ? largeLogs(SIZES_OF_YEARS) : [],
    ];
    const tables = [
      ...logs.length > 0 ? [await exportTable(logs, join(work, "logs"))] : [],
      ...only.includes("questions") ? [await questionsTable(join(work, "questions"))] : [],
    ];
    console.log([await describeMachine(options.program), ...tables].join("\n\n"));
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

if (options.help) console.log(HELP);
else await benchExport();
