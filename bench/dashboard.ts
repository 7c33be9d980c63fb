/**
 * The page of the dashboard: what it takes until its figures are there, for what is done with it, and while nothing happens,
 * beside what was wanted. Over two homes: a corpus of large logs, and a year of a great many sessions with a hundred turns
 * each. And beside codeburn's page over the same.
 *
 *     deno task bench:dashboard
 *     deno task bench:dashboard --bytes 1100MB --sessions 10000 --ticks 10000
 *     deno task bench:dashboard --corpus DIRECTORY --only start,list
 *
 * Ours runs from source, or is what OPPER_AGENT_BINARY names. Needs Chromium and Linux; tmux for `memory`, and npm for
 * `codeburn`. A corpus that is given gets an index and a session more.
 */
import { parseArgs } from "node:util";
import { type Browser, findChromium, startBrowser } from "../tests/support/browser.ts";
import { Dashboard } from "../tests/support/dashboard.ts";
import { runAgent, withTemporaryDirectory } from "../tests/support/run_agent.ts";
import { generateCorpus } from "./corpus_generator/generate_corpus.ts";
import { addTurn } from "./dashboard/add_turn.ts";
import { CODEBURN, measureCodeburn } from "./dashboard/codeburn.ts";
import { makeYear } from "./dashboard/make_year.ts";
import { measureFloor } from "./dashboard/measure_floor.ts";
import {
  measureIdle,
  measureList,
  measureOften,
  measureSession,
  measureStart,
  measureWritten,
} from "./dashboard/measure_page.ts";
import {
  findLongest,
  measureAnswer,
  measureDashboard,
  measureTicks,
  measureWatch,
} from "./dashboard/measure_server.ts";
import { openOurs } from "./dashboard/open_page.ts";
import { parseSize } from "./make_corpus.ts";

const HELP = `Usage: deno task bench:dashboard [options]

  --bytes SIZE       of the corpus of large logs that is made; 100MB
  --sessions COUNT   of the year that is made, a hundred turns each; 1000
  --ticks COUNT      seconds that are gone through with nothing happening; 2000
  --rounds COUNT     5
  --corpus DIR       a home that is there already, in place of a corpus: it gets an index and a turn
  --year DIR         the same in place of a year
  --only PARTS       some of floor,start,cost,list,session,written,idle,memory,ticks,codeburn
  --over HOMES       corpus, year or both

OPPER_AGENT_BINARY names a compiled program to be measured instead of this source.`;

const PARTS = ["floor", "start", "cost", "list", "session", "written", "idle", "memory", "ticks", "codeburn"] as const;
type Part = (typeof PARTS)[number];

/** A row: what, what was wanted at most, what was measured, and what else there is to say of it. */
type Row = readonly [what: string, target: string, measured: string, beside?: string];

/** Logs that are measured over, and what is wanted there. */
interface Home {
  readonly path: string;
  readonly title: string;
  readonly wanted: Targets;
}

/** Milliseconds, but where it says otherwise. */
interface Targets {
  readonly first: number;
  readonly whole: number;
  readonly cost: number;
  readonly list: number;
  readonly listKb: number;
  readonly handled: number;
  readonly written: number;
  /** Percent of a core. */
  readonly idle: number;
  readonly beyondMb: number;
}

const CORPUS_TARGETS: Targets = {
  first: 600,
  whole: 400,
  cost: 60,
  list: 150,
  listKb: 130,
  handled: 50,
  written: 2000,
  idle: 0.5,
  beyondMb: 30,
};

const YEAR_TARGETS: Targets = {
  first: 1200,
  whole: 800,
  cost: 150,
  list: 800,
  listKb: 900,
  handled: 100,
  written: 5000,
  idle: 1,
  beyondMb: 120,
};

const PAINT_MS = 100;
const SESSION_MS = 500;
const TASK_MS = 100;
const FRAMES = 60;

const ms = (value: number) => `${value.toFixed(0)} ms`;
const kb = (value: number) => `${(value / 1000).toFixed(0)} kB`;
const mb = (value: number) => `${value.toFixed(0)} MB`;
const percent = (value: number) => `${value.toFixed(2)} %`;
const ofProgram = (value: number) => `${ms(value)} of the program's processor time`;

interface Measuring {
  readonly browser: Browser;
  readonly home: Home;
  /** An empty directory. */
  readonly work: string;
  readonly rounds: number;
  readonly ticks: number;
}

const MEASURES: Readonly<Record<Part, (measuring: Measuring) => Promise<readonly Row[]>>> = {
  async floor({ browser, rounds }) {
    return [["the smallest page, to its first paint", "-", ms(await measureFloor(browser, 2 * rounds + 1))]];
  },

  async start({ browser, home: { path, wanted }, rounds }) {
    const start = await measureStart(browser, path, rounds);
    return [
      ["command to its first figure", ms(wanted.first), ms(start.firstMs), `served after ${ms(start.servedMs)}`],
      ["page to its first paint", ms(PAINT_MS), ms(start.paintMs), `the smallest page: ${ms(start.smallestPaintMs)}`],
      ["page to its first figure", "-", ms(start.figureMs), ofProgram(start.processorMs)],
      ["page to all of it", ms(wanted.whole), ms(start.wholeMs)],
      ["page and answers until then, sent", "-", kb(start.bytes)],
      ["longest task until then", ms(TASK_MS), ms(start.longestTaskMs)],
    ];
  },

  async cost({ home: { path, wanted }, rounds }) {
    await using served = await Dashboard.start(["--no-open"], { home: path });
    const answer = await measureAnswer(served, "cost?by=day&split=model&fill=true&since=365d", rounds);
    return [[
      "cost of a year by day and model, answered",
      ms(wanted.cost),
      ms(answer.ms),
      ofProgram(answer.processorMs),
    ]];
  },

  async list({ browser, home: { path, wanted }, rounds }) {
    const list = await measureOften({ browser, home: path, rounds }, measureList);
    return [
      ["list opened, drawn", ms(wanted.list), ms(list.drawnMs), ofProgram(list.processorMs)],
      ["list, sent", `${wanted.listKb} kB`, kb(list.bytes)],
      ["list searched", ms(wanted.handled), ms(list.searchMs)],
      ["list filtered", ms(wanted.handled), ms(list.filterMs)],
      ["list sorted", ms(wanted.handled), ms(list.sortMs)],
      [
        "longest task as it opens; as it is used; as it scrolls",
        ms(TASK_MS),
        [list.drawnTask, list.usedTask, list.scrolledTask].map(ms).join("; "),
      ],
      [
        "frames a second as it scrolls",
        String(FRAMES),
        list.framesASecond.toFixed(1),
        `${(list.slowFrames * 100).toFixed(1)} % of them late`,
      ],
    ];
  },

  async session({ browser, home: { path }, rounds }) {
    const served = await Dashboard.start(["--no-open"], { home: path });
    const { session, turns } = await findLongest(served);
    await served.end();
    const { drawnMs, processorMs, longestTaskMs } = await measureOften(
      { browser, home: path, rounds },
      async (opened) => await measureSession(opened, session),
    );
    return [
      [`session of ${turns.toLocaleString("en-US")} turns, drawn`, ms(SESSION_MS), ms(drawnMs), ofProgram(processorMs)],
      ["longest task until then", ms(TASK_MS), ms(longestTaskMs)],
    ];
  },

  async written({ browser, home: { path, wanted } }) {
    const opened = await openOurs(browser, path);
    const most = await measureWritten(opened, () => addTurn(path));
    await opened.end();
    return [["a turn written, on the page, at the worst", ms(wanted.written), ms(most)]];
  },

  async idle({ browser, home: { path, wanted } }) {
    const opened = await openOurs(browser, path);
    const share = await measureIdle(opened.served.child.pid);
    await opened.end();
    return [["idle with the page open, of a core", percent(wanted.idle), percent(share)]];
  },

  async memory({ browser, home: { path, wanted }, work }) {
    const watch = await measureWatch(path, work);
    const page = await measureDashboard(browser, path, work);
    const heaps = page.live === undefined ? "" : `; heap in use ${mb(page.live)}, of watch ${mb(watch.live!)}`;
    const beside = `resident ${mb(page.resident)}, of watch ${mb(watch.resident)}${heaps}`;
    return [
      ["memory beyond that of watch, all pages seen", mb(wanted.beyondMb), mb(page.resident - watch.resident), beside],
    ];
  },

  async ticks({ browser, home: { path }, work, ticks }) {
    const { before, after, resident, processorMsATick } = await measureTicks(browser, path, work, ticks);
    const way = resident.map((value) => value.toFixed(0)).join(", ");
    return [
      [
        `memory over ${ticks.toLocaleString("en-US")} ticks`,
        "no growth",
        `${mb(before.resident)} to ${mb(after.resident)}`,
        way,
      ],
      [
        "heap in use over them, the rest collected",
        "no growth",
        `${before.live.toFixed(1)} to ${mb1(after.live)}`,
        `of ${before.heap.toFixed(0)} and ${mb(after.heap)} that V8 keeps`,
      ],
      ["held outside of the heap over them", "no growth", `${before.external.toFixed(1)} to ${mb1(after.external)}`],
      ["processor time of a tick", "-", `${processorMsATick.toFixed(1)} ms`],
    ];
  },

  async codeburn({ browser, home: { path } }) {
    const theirs = await measureCodeburn(browser, path);
    return [
      [`codeburn ${CODEBURN}: command to its page being served`, "-", ms(theirs.servedMs)],
      ["codeburn: page to its first figure", "-", ms(theirs.figureMs)],
      ["codeburn: bytes until then", "-", kb(theirs.bytes)],
      ["codeburn: idle, of a core", "-", percent(theirs.idle)],
      ["codeburn: memory", "-", mb(theirs.resident)],
    ];
  },
};

function mb1(value: number): string {
  return `${value.toFixed(1)} MB`;
}

async function measureHome(measuring: Measuring, parts: readonly Part[]): Promise<void> {
  const { path, title } = measuring.home;
  // All is about today, and about what is read but for that.
  addTurn(path);
  await runAgent(["sessions", "--limit", "1"], { home: path });
  console.log(`\nOver ${title}.\n\n|  | wanted | measured | beside |\n| --- | ---: | ---: | --- |`);
  for (const part of parts) {
    for (const [what, target, measured, beside = ""] of await MEASURES[part](measuring)) {
      console.log(`| ${what} | ${target} | ${measured} | ${beside} |`);
    }
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      bytes: { type: "string", default: "100MB" },
      sessions: { type: "string", default: "1000" },
      ticks: { type: "string", default: "2000" },
      rounds: { type: "string", default: "5" },
      corpus: { type: "string" },
      year: { type: "string" },
      only: { type: "string", default: PARTS.join() },
      over: { type: "string", default: "both" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    Deno.exit();
  }
  const only = values.only.split(",");
  const parts = PARTS.filter((part) => only.includes(part));
  if (parts.length !== only.length) throw new Error(`Expected some of ${PARTS.join()}, found ${values.only}.`);
  const isOver = (home: "corpus" | "year") => values.over === "both" || values.over === home;
  if (!isOver("corpus") && !isOver("year")) throw new Error(`Expected corpus, year or both, found ${values.over}.`);
  const chromium = await findChromium();
  if (chromium === undefined) throw new Error("This needs Chromium.");
  const browser = await startBrowser(chromium);
  const measure = async (home: Home) =>
    await withTemporaryDirectory(async (work) => {
      await measureHome({ browser, home, work, rounds: Number(values.rounds), ticks: Number(values.ticks) }, parts);
    });
  if (isOver("corpus")) {
    const wanted = CORPUS_TARGETS;
    if (values.corpus !== undefined) await measure({ path: values.corpus, title: values.corpus, wanted });
    else {
      await withTemporaryDirectory(async (path) => {
        generateCorpus({ directory: path, size: { bytes: parseSize(values.bytes) } });
        await measure({ path, title: `${values.bytes} of logs`, wanted });
      });
    }
  }
  if (isOver("year")) {
    const wanted = YEAR_TARGETS;
    if (values.year !== undefined) await measure({ path: values.year, title: values.year, wanted });
    else {
      await withTemporaryDirectory(async (path) => {
        const sessions = Number(values.sessions);
        const turns = makeYear({ home: path, sessions, until: Date.now() - 60_000 });
        const count = (value: number) => value.toLocaleString("en-US");
        await measure({ path, title: `${count(sessions)} sessions with ${count(turns)} turns`, wanted });
      });
    }
  }
  await browser.close();
}
