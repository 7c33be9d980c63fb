/** What the page takes in a browser: until its figures are there, and for what is done with it. */
import type { Browser, Page } from "../../tests/support/browser.ts";
import { waitUntil } from "../../tests/support/wait_until.ts";
import { type OpenedPage, openOurs } from "./open_page.ts";
import { measureFloor } from "./measure_floor.ts";
import { medianOf } from "./median_of.ts";
import { processorSeconds } from "./process_figures.ts";

const SCROLL_MS = 4000;
/** A frame that took longer shows as one that was left out. */
const MOST_FRAME_MS = 25;
const WRITTEN = 5;
/** One after the other: many sessions, some, none, and all again. */
const SEARCHES = ["claude", "nothing of the kind", ""];
const IDLE_MS = 30_000;

/** Medians of several starts, each beside one of the smallest page. The index has been read before. */
export async function measureStart(browser: Browser, home: string, rounds: number) {
  const all: OpenedPage[] = [];
  const smallest: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const opened = await openOurs(browser, home);
    all.push(opened);
    await opened.end();
    smallest.push(await measureFloor(browser, 1));
  }
  const of = (figure: (opened: OpenedPage) => number) => medianOf(all.map(figure));
  return {
    firstMs: of(({ firstMs }) => firstMs),
    servedMs: of(({ servedMs }) => servedMs),
    paintMs: of(({ paintMs }) => paintMs),
    smallestPaintMs: medianOf(smallest),
    figureMs: of(({ figureMs }) => figureMs),
    wholeMs: of(({ wholeMs }) => wholeMs),
    processorMs: of(({ processorMs }) => processorMs),
    bytes: of(({ bytes }) => bytes),
    longestTaskMs: of(({ longestTaskMs }) => longestTaskMs),
  };
}

/** Medians of each figure over several pages, each opened for it alone. */
export async function measureOften<Figures extends Readonly<Record<string, number>>>(
  { browser, home, rounds }: { readonly browser: Browser; readonly home: string; readonly rounds: number },
  measure: (opened: OpenedPage) => Promise<Figures>,
): Promise<Figures> {
  const all: Figures[] = [];
  for (let round = 0; round < rounds; round++) {
    const opened = await openOurs(browser, home);
    all.push(await measure(opened));
    await opened.end();
  }
  const names = Object.keys(all[0]!) as (keyof Figures)[];
  return Object.fromEntries(names.map((name) => [name, medianOf(all.map((figures) => figures[name]))])) as Figures;
}

/** The list: opened, searched, filtered, put in order and scrolled. */
export async function measureList({ page, served }: OpenedPage) {
  await page.evaluate("probe.longest()");
  const before = processorSeconds(served.child.pid);
  const drawnMs = await page.evaluate<number>(
    `probe.after(() => location.hash = "#/sessions", () => probe.top() !== undefined)`,
  );
  const processorMs = (processorSeconds(served.child.pid) - before) * 1000;
  await page.waitForTimeout(500);
  const drawnTask = await page.evaluate<number>("probe.longest()");
  const bytes = await page.evaluate<number>(`probe.bytes("brief")`);
  const type = (text: string) =>
    page.evaluate<number>(`(() => {
      const rows = probe.rows();
      const input = document.querySelector("[data-search]");
      return probe.after(() => {
        input.value = ${JSON.stringify(text)};
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }, () => probe.rows() !== rows);
    })()`);
  const press = (title: string, isDone: string) =>
    page.evaluate<number>(`(() => {
      const button = [...document.querySelectorAll("main button")].find((one) => one.textContent.startsWith("${title}"));
      const pressed = button.ariaPressed;
      const sorted = button.parentElement.ariaSort;
      return probe.after(() => button.click(), () => ${isDone});
    })()`);
  let searchMs = 0;
  for (const text of SEARCHES) searchMs = Math.max(searchMs, await type(text));
  // Which may be all.
  const switched = "button.ariaPressed !== pressed";
  const filterMs = Math.max(await press("misses", switched), await press("misses", switched));
  const moved = "button.parentElement.ariaSort !== sorted";
  const sortMs = Math.max(await press("Cost", moved), await press("Turns", moved));
  const usedTask = await page.evaluate<number>("probe.longest()");
  const frames = await page.evaluate<number[]>(`probe.scroll(${SCROLL_MS})`);
  const slow = frames.filter((ms) => ms > MOST_FRAME_MS).length;
  const scrolledTask = await page.evaluate<number>("probe.longest()");
  return {
    drawnMs,
    processorMs,
    bytes,
    searchMs,
    filterMs,
    sortMs,
    framesASecond: frames.length / frames.reduce((sum, ms) => sum + ms, 0) * 1000,
    slowFrames: slow / frames.length,
    drawnTask,
    usedTask,
    scrolledTask,
  };
}

/** @param session Source and id */
export async function measureSession({ page, served }: OpenedPage, session: readonly [source: string, id: string]) {
  await page.evaluate("probe.longest()");
  const before = processorSeconds(served.child.pid);
  const address = `#/session/${session.join("/")}`;
  const drawnMs = await page.evaluate<number>(`probe.after(() => location.hash = ${JSON.stringify(address)}, () =>
    document.querySelector("main figure svg, main .turn-chart svg") !== null && document.querySelector(".table-body .row") !== null)`);
  const processorMs = (processorSeconds(served.child.pid) - before) * 1000;
  await page.evaluate("probe.until(probe.isWhole)");
  const longestTaskMs = await page.evaluate<number>("probe.longest()");
  return { drawnMs, processorMs, longestTaskMs };
}

/** From a turn in a log to another figure on the first page, at the worst of several. @param write Adds one */
export async function measureWritten({ page }: OpenedPage, write: () => void): Promise<number> {
  await page.evaluate(`location.hash = "#/now"`);
  await page.evaluate("probe.until(() => probe.hasFigure() && probe.isWhole())");
  let most = 0;
  for (let time = 0; time < WRITTEN; time++) {
    // At some point of the second, and of the rest after a scan.
    await page.waitForTimeout(1500 + time * 370);
    const spent = await readSpent(page);
    const began = performance.now();
    write();
    await waitUntil("a turn to be shown", async () => await readSpent(page) !== spent, { everyMs: 10 });
    most = Math.max(most, performance.now() - began);
  }
  return most;
}

/** What was spent today. */
async function readSpent(page: Page): Promise<string> {
  return await page.evaluate<string>(
    `[...document.querySelectorAll(".tile")].map(({ innerText }) => innerText).join()`,
  );
}

/** Share of one core while nothing changes, in percent. */
export async function measureIdle(pid: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const before = processorSeconds(pid);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  return (processorSeconds(pid) - before) / IDLE_MS * 100_000;
}
