/**
 * The page of the dashboard beside codeburn's, over the same logs, in one run on one machine: how long until the first figure
 * is on the page, how many bytes it takes, and what the program takes while nothing changes. And of ours alone: memory over
 * the ticks of hours, and a list of many sessions.
 *
 *     deno task bench:dashboard
 *     deno task bench:dashboard --bytes 1100MB --sessions 10000 --ticks 10000
 *
 * Ours runs from source. Needs Chromium, npm, and Linux.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findChromium, type Page, startBrowser } from "../tests/support/browser.ts";
import { Dashboard } from "../tests/support/dashboard.ts";
import { openStranger } from "../tests/support/dashboard_page.ts";
import { npmPackage, realNode } from "../tests/support/real_pi.ts";
import { agentEnvironment, runAgent, withTemporaryDirectory } from "../tests/support/run_agent.ts";
import { waitUntil } from "../tests/support/wait_until.ts";
import { generateCorpus } from "./corpus_generator/generate_corpus.ts";
import { processorSeconds, residentMb } from "./dashboard/process_figures.ts";
import { parseSize } from "./make_corpus.ts";
import { makeManyLogs } from "./many_logs.ts";

const CODEBURN = "0.9.15";
const SHORT_WAITS = fileURLToPath(new URL("./dashboard/short_waits.ts", import.meta.url));
const IDLE_MS = 20_000;

type Row = readonly [what: string, ours: string, codeburn: string];

interface Opened {
  readonly page: Page;
  readonly pid: number;
  readonly servedMs: number;
  readonly firstMs: number;
  readonly bytes: number;
  end(): Promise<void>;
}

/** An amount that is not the zero of a page that waits. */
const HAS_FIGURE = String.raw`/[$][\d,]*[1-9]|[$]\d*\.\d*[1-9]/.test(document.body.innerText)`;

/** Of logs that are all older than what the first page is about. */
const HAS_ZERO = String.raw`/[$]\d/.test(document.body.innerText)`;

async function openPage(
  page: Page,
  link: string,
  isThere = HAS_FIGURE,
): Promise<readonly [ms: number, bytes: number]> {
  const began = performance.now();
  await page.goto(link);
  await waitUntil("a figure", () => page.evaluate<boolean>(isThere));
  const ms = performance.now() - began;
  const bytes = await page.evaluate<number>(
    `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
      .reduce((sum, { transferSize }) => sum + transferSize, 0)`,
  );
  return [ms, bytes];
}

async function openOurs(
  page: Page,
  home: string,
  { denoFlags = [], isThere }: { readonly denoFlags?: readonly string[]; readonly isThere?: string } = {},
): Promise<Opened> {
  const began = performance.now();
  const served = await Dashboard.start(["--no-open"], { home }, { opens: false, denoFlags });
  const servedMs = performance.now() - began;
  const [firstMs, bytes] = await openPage(page, `${served.base}/#ticket=${served.ticket}`, isThere);
  return { page, pid: served.child.pid, servedMs, firstMs, bytes, end: async () => void await served.end() };
}

async function openCodeburn(page: Page, home: string): Promise<Opened> {
  const [node, directory] = [await realNode(), await npmPackage("codeburn", CODEBURN)];
  const began = performance.now();
  const child = new Deno.Command(node, {
    args: [`${directory}/dist/cli.js`, "web", "--no-open", "--port", "4799", "--period", "all"],
    env: agentEnvironment({ home }),
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const address = "http://127.0.0.1:4799/";
  await waitUntil(
    "codeburn",
    () => fetch(address).then((answer) => answer.body?.cancel().then(() => true), () => false),
  );
  const servedMs = performance.now() - began;
  const [firstMs, bytes] = await openPage(page, address);
  return {
    page,
    pid: child.pid,
    servedMs,
    firstMs,
    bytes,
    async end() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** Share of one core while nothing changes, in percent. */
async function measureIdle(pid: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const before = processorSeconds(pid);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return (processorSeconds(pid) - before) / IDLE_MS * 100_000;
}

const ms = (value: number) => `${value.toFixed(0)} ms`;
const kb = (value: number) => `${(value / 1000).toFixed(0)} kB`;
const mb = (value: number) => `${value.toFixed(0)} MB`;

async function compare(home: string, newPage: () => Promise<Page>): Promise<readonly Row[]> {
  // Both have read everything once.
  await runAgent(["sessions", "--limit", "1"], { home });
  await (await openCodeburn(await newPage(), home)).end();
  const ours = await openOurs(await newPage(), home);
  const oursIdle = await measureIdle(ours.pid);
  const oursMb = residentMb(ours.pid);
  await ours.end();
  const theirs = await openCodeburn(await newPage(), home);
  const theirsIdle = await measureIdle(theirs.pid);
  const theirsMb = residentMb(theirs.pid);
  await theirs.end();
  const idle = (share: number) => `${share.toFixed(2)} %`;
  return [
    ["command to its page being served, read before", ms(ours.servedMs), ms(theirs.servedMs)],
    ["page to its first figure", ms(ours.firstMs), ms(theirs.firstMs)],
    ["bytes of page and answers until then", kb(ours.bytes), kb(theirs.bytes)],
    ["idle, page open, of a core", idle(oursIdle), idle(theirsIdle)],
    ["memory of the program", mb(oursMb), mb(theirsMb)],
  ];
}

async function measureTicks(home: string, newPage: () => Promise<Page>, ticks: number): Promise<Row> {
  const served = await openOurs(await newPage(), home, { denoFlags: [`--preload=${SHORT_WAITS}`] });
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const before = residentMb(served.pid);
  // A tick waits a hundredth of a second.
  await new Promise((resolve) => setTimeout(resolve, ticks * 10.05));
  const after = residentMb(served.pid);
  await served.end();
  return [`memory after ${ticks.toLocaleString("en-US")} ticks more`, `${mb(before)} to ${mb(after)}`, "-"];
}

async function measureMany(newPage: () => Promise<Page>, sessions: number): Promise<readonly Row[]> {
  return await withTemporaryDirectory(async (home) => {
    makeManyLogs(home, sessions);
    await runAgent(["sessions", "--limit", "1"], { home });
    const opened = await openOurs(await newPage(), home, { isThere: HAS_ZERO });
    const began = performance.now();
    await opened.page.evaluate(`location.hash = "#/sessions"`);
    await waitUntil("rows", () => opened.page.evaluate<boolean>(`document.querySelector(".table-body .row") !== null`));
    const listMs = performance.now() - began;
    const listBytes = await opened.page.evaluate<number>(
      `performance.getEntriesByType("resource").find(({ name }) => name.includes("brief")).transferSize`,
    );
    await opened.end();
    const of = `of ${sessions.toLocaleString("en-US")} sessions`;
    return [
      [`page to its first figure, ${of}`, ms(opened.firstMs), "-"],
      [`list ${of}, drawn`, ms(listMs), "-"],
      [`list ${of}, sent`, kb(listBytes), "-"],
    ];
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      bytes: { type: "string", default: "100MB" },
      sessions: { type: "string", default: "10000" },
      ticks: { type: "string", default: "10000" },
    },
  });
  const chromium = await findChromium();
  if (chromium === undefined) throw new Error("This needs Chromium.");
  const browser = await startBrowser(chromium);
  const newPage = async () => await (await openStranger(browser)).newPage();
  const rows = await withTemporaryDirectory(async (home) => {
    generateCorpus({ directory: home, size: { bytes: parseSize(values.bytes) } });
    return [...await compare(home, newPage), await measureTicks(home, newPage, Number(values.ticks))];
  });
  const all = [...rows, ...await measureMany(newPage, Number(values.sessions))];
  await browser.close();
  console.log(`Over ${values.bytes} of logs.\n\n|  | opper-agent | codeburn ${CODEBURN} web |\n| --- | ---: | ---: |`);
  for (const row of all) console.log(`| ${row.join(" | ")} |`);
}
