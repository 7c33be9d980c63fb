/** The JSON of sessions that is written out of the index is that which is made of reports, whatever is asked. */
import { ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { generateCorpus } from "../bench/corpus_generator/generate_corpus.ts";
import { parseArguments } from "../src/cli/arguments/parse_arguments.ts";
import { toSafeJson } from "../src/core/json/safe_json.ts";
import { makeMachine } from "../src/host/environment.ts";
import { mayBeCached } from "../src/core/session_report.ts";
import type { OperationContext } from "../src/operations/contract/context.ts";
import { cache } from "../src/operations/usage/cache.ts";
import { overview } from "../src/operations/usage/overview.ts";
import { sessions } from "../src/operations/usage/sessions.ts";
import { plainReport } from "../src/scan/index/ask/lazy_report.ts";
import { openIndex } from "../src/scan/index/open_index.ts";
import type { AsOf } from "../src/scan/index/as_of.ts";
import type { UsageIndex } from "../src/scan/index/usage_index.ts";
import { FIXTURE_HOME, FIXTURE_NOW, withTemporaryDirectory } from "./support/run_agent.ts";
import { withTallyHome } from "./support/run_tally.ts";
import { registerTally } from "./support/tally_agent.ts";
import { appendLine, turnAfter, walkLogs } from "./support/changed_logs.ts";

registerTally();

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const ASKED: readonly string[] = [
  "--limit 0",
  "",
  "--limit 0 --sort cost",
  "--limit 0 --sort tokens",
  "--limit 0 --sort turns",
  "--sort duration --limit 7",
  "--limit 0 --sort missUsd",
  "--limit 0 --search web",
  "--limit 0 --search CLAUDE --sort turns",
  "--limit 0 --brief",
  "--limit 0 --cache cold,unknown",
  "--limit 0 --cache warm,maybe",
  "--limit 0 --source claude",
  "--limit 0 --source codex,pi --sort cost",
  "--limit 0 --model gpt",
  "--limit 0 --provider anthropic",
  "--limit 0 --project web",
  "--limit 0 --since 2026-11-01 --until 2026-11-20",
  "--model none-has-this-name",
];

type Body = (
  answer: (now: number, args: string) => Promise<{ readonly made: string; readonly written: string }>,
  scan: UsageIndex,
) => Promise<void>;

/** Of an index, twice: the second time with what the first one left ready. @returns how often something was written */
async function withAnswers(home: string, body: Body): Promise<number> {
  let used = 0;
  await withTemporaryDirectory(async (directory) => {
    for (let scans = 0; scans < 2; scans++) used += await withAnswersOf(home, directory, body);
  });
  return used;
}

/** Of the index in a directory. */
async function withAnswersOf(home: string, directory: string, body: Body): Promise<number> {
  let used = 0;
  const machine = makeMachine({ home });
  const scan = await openIndex({ machine, stateDirectory: join(directory, "agent") });
  const sessionWriter = scan.sessionWriter.bind(scan);
  scan.sessionWriter = async (asOf) => {
    const write = await sessionWriter(asOf);
    return write && ((reports, how) => {
      used += reports.length;
      return write(reports, {
        ...how,
        make(report) {
          used--;
          return how.make(report);
        },
      });
    });
  };
  try {
    await body(async (now, args) => {
      const { input: parsed } = parseArguments(args.split(" ").filter((arg) => arg !== ""), sessions, "opper-agent");
      const input = parsed as Parameters<typeof sessions.run>[0];
      const context = {
        now,
        timezone: "UTC",
        home,
        cwd: home,
        stateDirectory: directory,
        resolvePath: (path: string) => [path],
        openIndex: () => Promise.resolve(scan),
      } as unknown as OperationContext;
      const written = (await sessions.runJson!(input, context)).join("");
      const made = toSafeJson(await sessions.run(input, context));
      // With all of each session read before anything is asked of it.
      const plain = { sessions: async (asOf: AsOf) => (await scan.sessions(asOf)).map(plainReport) };
      const whole = new Proxy(scan, {
        get: (target, name) => {
          if (name === "sessions") return plain.sessions;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
      const wholeContext = { ...context, openIndex: () => Promise.resolve(whole) };
      strictEqual(toSafeJson(await sessions.run(input, wholeContext)), made, `sessions ${args}`);
      for (const other of [overview, cache]) {
        const asked = parseArguments([], other, "opper-agent").input as never;
        strictEqual(
          toSafeJson(await other.run(asked, wholeContext)),
          toSafeJson(await other.run(asked, context)),
          other.name,
        );
      }
      return { made, written };
    }, scan);
  } finally {
    scan.close();
  }
  return used;
}

async function compareAll(home: string, times: readonly number[]): Promise<number> {
  return await withAnswers(home, async (answer, scan) => {
    const all = await scan.sessions({ now: Date.parse(FIXTURE_NOW), isPast: false });
    // Right before and behind the ends of the lifetimes that there are, of some caches of each kind.
    const kinds = Map.groupBy(all, ({ cache }) => `${cache.strategy} ${cache.provider}`);
    const ends = [...kinds.values()].flatMap((alike) => alike.slice(0, 2)).flatMap((
      { cacheBasis: { anchor }, cache },
    ) =>
      anchor === undefined
        ? []
        : [0, 5 * MINUTE, 60 * MINUTE, DAY, cache.evidence?.coldFromMs ?? 0, cache.ttlMs ?? 0].flatMap((age) => [
          anchor.at + age - 1,
          anchor.at + age,
        ])
    );
    for (const now of [...times, ...new Set(ends)]) {
      for (const args of times.includes(now) ? ASKED : ASKED.slice(0, 1)) {
        const { made, written } = await answer(now, args);
        strictEqual(written, made, `sessions ${args} at ${new Date(now).toISOString()}`);
      }
      for (const session of await scan.sessions({ now, isPast: false })) {
        const { cache } = plainReport(session);
        strictEqual(mayBeCached(session), cache.state === "warm" || cache.state === "maybe", JSON.stringify(cache));
      }
    }
    // Page by page.
    const now = times[0]!;
    for (let [cursor, pages] = ["", 0]; pages === 0 || cursor !== ""; pages++) {
      ok(pages < 10);
      const limit = Math.ceil(all.length / 3);
      const { made, written } = await answer(now, `--limit ${limit}${cursor === "" ? "" : ` --cursor ${cursor}`}`);
      strictEqual(written, made, `page ${pages}`);
      cursor = (JSON.parse(made) as { nextCursor?: string }).nextCursor ?? "";
    }
  });
}

Deno.test("sessions that are written are those that are made: the fixtures", async () => {
  const now = Date.parse(FIXTURE_NOW);
  ok(await compareAll(FIXTURE_HOME, [now, now - 30 * DAY, now + 30 * DAY, now + 400 * DAY]) > 0);
});

Deno.test("sessions that are written are those that are made: learned lifetimes, forks, tools' totals", async () => {
  await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    generateCorpus({ directory: home, size: { bytes: 6_000_000 } });
    const now = Date.parse(FIXTURE_NOW);
    ok(await compareAll(home, [now, now + DAY, now + 400 * DAY]) > 0);
  });
});

Deno.test("sessions that are ready are those that are made: sums, and caches of which the agent says when they expire", () =>
  withTallyHome(async (tally) => {
    const now = Date.parse(FIXTURE_NOW);
    const at = (ms: number) => new Date(now + ms).toISOString();
    const model = { provider: "anthropic", model: "claude-opus-4-6" };
    // Longer than what the index leaves to the log itself.
    const filler = { kind: "note", text: "x".repeat(5000) };
    for (const [id, expires] of [["short", 2 * MINUTE], ["days", 3 * DAY], ["before", -5 * MINUTE]] as const) {
      await tally.write(`${id}.jsonl`, [
        { kind: "session", id, cwd: "/srv/web", at: at(0) },
        filler,
        { kind: "turn", id: `${id}1`, ...model, at: at(0), cacheWrite: 9000, expires: at(expires) },
      ]);
    }
    await tally.write("sum.jsonl", [
      { kind: "session", id: "sum", cwd: "/srv/web", at: at(0) },
      filler,
      { kind: "total", id: "sum1", ...model, at: at(0), inputs: 9000, requests: 4 },
    ]);
    ok(await compareAll(tally.home, [now, now - DAY, now + 2 * DAY, now + 400 * DAY]) > 0);
  }));

Deno.test("what has long been cold, and what a time in the past says, is answered as ever", async () => {
  const used = await withAnswers(FIXTURE_HOME, async (answer) => {
    for (const asOf of ["2026-11-20T23:00:00Z", FIXTURE_NOW, "2026-12-30T00:00:00Z"]) {
      const { made, written } = await answer(Date.parse("2027-01-01T00:00:00Z"), `--limit 0 --as-of ${asOf}`);
      strictEqual(written, made);
    }
  });
  strictEqual(used, 0);
});

Deno.test("sessions that are ready are those that are made, whatever changed since", async () => {
  await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    generateCorpus({ directory: home, size: { bytes: 12_000_000 } });
    const state = join(directory, "state");
    const now = Date.parse(FIXTURE_NOW) + 400 * DAY;
    const paths = [...walkLogs(join(home, ".pi"))].filter((path) => path.endsWith(".jsonl"));
    ok(paths.length > 8);
    const [grown, moved, gone, alike, swapped, other] = paths as [string, string, string, string, string, string];
    const changes: readonly (readonly [what: string, change: () => void])[] = [
      ["nothing", () => {}],
      ["nothing, with what is ready", () => {}],
      ["a log that grew", () => appendLine(grown, turnAfter(Deno.readTextFileSync(grown)))],
      ["a log that moved", () => Deno.renameSync(moved, moved.replace(/\.jsonl$/, "x.jsonl"))],
      ["a log that went", () => Deno.removeSync(gone)],
      ["two logs that changed places", () => {
        Deno.renameSync(swapped, `${swapped}.old`);
        Deno.renameSync(other, swapped);
        Deno.renameSync(`${swapped}.old`, other);
      }],
      ["an id that begins as another does", () => {
        const text = Deno.readTextFileSync(alike);
        const { id } = JSON.parse(text.slice(0, text.indexOf("\n"))) as { readonly id: string };
        const like = `${id.slice(0, 20)}${id.slice(20).replaceAll(/[0-9a-f]/g, "0")}`;
        // With other turns, so that nothing but its id says anything of the first one.
        const others = text.replaceAll(/"(id|parentId|responseId)":"([^"]*)"/g, '"$1":"$2-0"');
        Deno.writeTextFileSync(alike.replace(id, like), others.replaceAll(`${id}-0`, like));
      }],
      ["all logs that moved", () => {
        for (const path of [...walkLogs(home)]) {
          if (path.endsWith(".jsonl")) Deno.renameSync(path, path.replace(/([^/]*)\.jsonl$/, "$1-x.jsonl"));
        }
      }],
      ["texts that are damaged", () => damage(join(state, "agent"), /-sessions$/, -9)],
      ["a list that is damaged", () => damage(join(state, "agent"), /-sessions-list$/, 99)],
      ["texts that are cut off", () => damage(join(state, "agent"), /-sessions$/, undefined)],
    ];
    for (const [what, change] of changes) {
      change();
      // The second time with what the first one wrote.
      for (let scans = 0; scans < 2; scans++) {
        await withAnswersOf(home, state, async (answer) => {
          for (const args of ["--limit 0", "--limit 0 --sort cost", "--limit 0 --source pi"]) {
            const { made, written } = await answer(now, args);
            strictEqual(written, made, `${what}: sessions ${args}`);
          }
        });
      }
    }
  });
});

/** @param place Of the character that becomes another one, from the end where it is negative. Undefined cuts the file */
function damage(directory: string, name: RegExp, place: number | undefined): void {
  const found = [...Deno.readDirSync(directory)].find((entry) => name.test(entry.name));
  ok(found !== undefined, String(name));
  const path = join(directory, found.name);
  const text = Deno.readTextFileSync(path);
  const at = (place ?? 0) < 0 ? text.length + place! : place ?? 0;
  Deno.writeTextFileSync(
    path,
    place === undefined ? text.slice(0, text.length >> 1) : `${text.slice(0, at)}#${text.slice(at + 1)}`,
  );
}
