/** Ways to get a replay wrong, each a piece of its source that is replaced in a copy: the proof has to find every one. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Ledger from "../../src/core/advice/advice_ledger.ts";
import { listFiles, ROOT } from "./source_files.ts";

const FOLDER = "src/core/advice/";

export interface Fault {
  readonly name: string;
  readonly file: string;
  readonly piece: string;
  readonly by: string;
}

export const FAULTS: readonly Fault[] = [
  fault(
    "all misses count as expired",
    "follow_chain.ts",
    "const isExpired = !isChanged && alive < most && read < most && (isShort || read <= alive) && " +
      "!isShortOf(read, alive);",
    "const isExpired = read < most && isShort;",
  ),
  fault("no pings at the end", "lifetimes.ts", "gapMs === Infinity ? MOST_PINGS", "gapMs === Infinity ? 0"),
  fault(
    "pings go on after the end of what is looked at",
    "replay_group.ts",
    "pingsUpTo(until - 1 - at, lifetimeMs)",
    "99",
  ),
  fault("writes for an hour at 1.25", "turn_rates.ts", "return [write5m, write1h];", "return [write5m, write5m];"),
  fault(
    "entries live half a minute longer",
    "lifetimes.ts",
    "return gapMs < lifetimeMs;",
    "return gapMs < lifetimeMs + 3e4;",
  ),
  fault(
    "alive at the very end of a lifetime",
    "lifetimes.ts",
    "return gapMs < lifetimeMs;",
    "return gapMs <= lifetimeMs;",
  ),
  fault(
    "one ping too many",
    "lifetimes.ts",
    "Math.ceil(gapMs / pingEveryMs(lifetimeMs)) - 1",
    "Math.ceil(gapMs / pingEveryMs(lifetimeMs))",
  ),
  fault(
    "a ping at the moment of the request",
    "lifetimes.ts",
    "Math.ceil(gapMs / pingEveryMs(lifetimeMs)) - 1",
    "Math.floor(gapMs / pingEveryMs(lifetimeMs))",
  ),
  fault("pings cost nothing", "replay_group.ts", "sum.usd += sum.pingsUsd;", ""),
  fault("a ping has no output", "replay_group.ts", "input * rates.input + rates.output;", "input * rates.input;"),
  fault("no front is shared", "shared_front.ts", "return tokens;", "return 0;"),
  fault(
    "what an hour holds is taken for a front",
    "replay_group.ts",
    "else if (!isChanged && read < most && !isAlive(gapMs, heldMs))",
    "else if (!isChanged && read < most)",
  ),
  fault(
    "pings that were sent are sent again",
    "advice_ledger.ts",
    "turns.some(({ keepsWarm }) => keepsWarm) ?",
    "false ?",
  ),
  fault("models share what they hold", "follow_chain.ts", "return `${provider}/${model}`;", "return `${provider}`;"),
  fault(
    "what an hour holds ends with the rest",
    "follow_chain.ts",
    "isAlive(gapMs, ONE_HOUR_MS) ? oneHourTokens : 0",
    "0",
  ),
];

function fault(name: string, file: string, piece: string, by: string): Fault {
  return { name, file, piece, by };
}

/**
 * The replay with a fault in it, loaded out of a copy.
 *
 * @param directory Where the copy goes, a fresh one
 * @throws {Error} where the source has the piece no more, or twice
 */
export async function loadFaulty({ name, file, piece, by }: Fault, directory: string): Promise<typeof Ledger> {
  const paths = (await listFiles(FOLDER)).filter((path) => path.endsWith(".ts") && !path.endsWith("_test.ts"));
  let times = 0;
  for (const path of paths) {
    let text = await Deno.readTextFile(new URL(path, ROOT));
    if (path === FOLDER + file) {
      times = text.split(piece).length - 1;
      text = text.replace(piece, () => by);
    }
    // What lies beside the folder is taken from where it is.
    text = text.replaceAll(/from "(\.\.\/[^"]+)"/g, (_, to) => `from "${new URL(to, new URL(path, ROOT))}"`);
    await Deno.writeTextFile(join(directory, path.slice(FOLDER.length)), text);
  }
  if (times !== 1) throw new Error(`"${name}": ${file} has ${times} times what is replaced: ${piece}`);
  return await import(`${pathToFileURL(join(directory, "advice_ledger.ts"))}`);
}
