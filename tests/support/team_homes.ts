/**
 * Homes of many people out of one: each has some of the sample sessions, with ids and days of its own, as if that person had
 * held them. No two people share a turn, and the same number always makes the same home.
 */
import { dirname, join } from "node:path";
import { seededRandom } from "./random.ts";
import { FIXTURE_HOME } from "./run_agent.ts";

const DAY_MS = 86_400_000;
/** How far back a person's sessions lie, at most: a team's files are of several months then. */
const MOST_DAYS = 80;
const NAMES = ["anna", "ben", "chloe", "dina", "emil", "farid", "grace", "hugo", "ines", "jonas"];

/** `anna`, …, `jonas`, `anna1`, …: every number has another name. */
export function personName(number: number): string {
  const round = Math.floor(number / NAMES.length);
  return `${NAMES[number % NAMES.length]}${round === 0 ? "" : round}`;
}

/** @param home A directory that it makes. @param number From 0 to 65,000 */
export async function makePersonHome(home: string, number: number): Promise<void> {
  const random = seededRandom(number + 1);
  const [share, days] = [0.3 + 0.7 * random(), Math.floor(random() * MOST_DAYS)];
  for await (const path of filesBelow("")) {
    if (random() > share) continue;
    const target = join(home, asOf(path, number, days));
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeTextFile(target, asOf(await Deno.readTextFile(join(FIXTURE_HOME, path)), number, days));
  }
}

async function* filesBelow(directory: string): AsyncGenerator<string> {
  const entries = await Array.fromAsync(Deno.readDir(join(FIXTURE_HOME, directory)));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    if (isDirectory) yield* filesBelow(join(directory, name));
    else yield join(directory, name);
  }
}

/** A text or a path with the person's own ids, some days earlier. Ids end in hexadecimal digits. */
function asOf(text: string, number: number, days: number): string {
  const earlier = (year: string, between: string, month: string, day: string) =>
    new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)) - days * DAY_MS)
      .toISOString().slice(0, 10).replaceAll("-", between);
  return text
    .replace(/(2026)([-/])(11)\2(2\d)/g, (_, year, between, month, day) => earlier(year, between, month, day))
    .replace(/\b1795\d{9}\b/g, (ms) => String(Number(ms) - days * DAY_MS))
    .replace(/\b1795\d{6}\b/g, (seconds) => String(Number(seconds) - days * DAY_MS / 1000))
    .replace(/(?<=["_\-/|])[0-9a-f]{4,60}([0-9a-f]{4})(?![0-9a-z])/g, (id, end: string) => {
      // Names of models end in a day.
      if (/^20\d{6}$/.test(id)) return id;
      return id.slice(0, -4) + (parseInt(end, 16) ^ (number + 1)).toString(16).padStart(4, "0");
    });
}
