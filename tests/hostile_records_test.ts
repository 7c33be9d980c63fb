/**
 * Whatever stands where a record has something: every question is answered, every figure is one, and what other sessions
 * say is as it was.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { renderCsv } from "../src/operations/report/render_csv.ts";
import { loadWidths } from "../src/cli/output/display_width.ts";
import { renderView } from "../src/cli/output/render.ts";
import { totalTokens } from "../src/core/model.ts";
import { AgentError } from "../src/core/errors.ts";
import { findCheckouts } from "../src/host/find_checkouts.ts";
import { checkInput } from "../src/operations/contract/check_input.ts";
import type { OperationContext } from "../src/operations/contract/context.ts";
import { OPERATIONS } from "../src/operations/registry.ts";
import { listSessionResources } from "../src/mcp/resources/session_resources.ts";
import { plainReport } from "../src/scan/index/ask/lazy_report.ts";
import type { UsageIndex } from "../src/scan/index/usage_index.ts";
import { openIndex } from "../src/scan/index/open_index.ts";
import { loadSource, LOGGED_AGENTS } from "../src/agents/agents.ts";
import { RecordFolder } from "../src/scan/logs/rows/record_folder.ts";
import { HOSTILE_VALUES, type MemberPath, memberPaths, replaceMember } from "./support/hostile_values.ts";
import { writeLog } from "./support/logs.ts";
import { seededRandom } from "./support/random.ts";
import { collectKinds, type RecordKind } from "./support/real_logs.ts";
import { ofSample, renameIds, type SampleLog, sampleLogs } from "./support/sample_logs.ts";
import { strangeDocuments } from "./support/sources/strange_documents.ts";
import { strangeRows } from "./support/sources/strange_rows.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { claudeLines, makeSmallHome } from "./support/small_home.ts";
import { makeMachine } from "../src/host/environment.ts";

// Some of what is drawn here has characters that take it.
await loadWidths();

/** How many of all mutants a run takes: seconds rather than minutes. */
const MUTANTS = 250;
/** The same of each agent's documents, and of its databases. */
const STRANGE_LOGS = 30;

interface Mutant extends RecordKind {
  readonly path: MemberPath;
  readonly value: string;
}

/** After all that real logs hold. */
const NOW = "2026-11-27T00:00:00Z";

function pickMutants(kinds: readonly RecordKind[], random: () => number): readonly Mutant[] {
  return Array.from({ length: MUTANTS }, () => {
    const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!;
    const kind = pick(kinds);
    return { ...kind, path: pick(memberPaths(kind.record)), value: pick(HOSTILE_VALUES) };
  });
}

/** A log of the mutant's agent, with a turn before it and one behind; one of its first line's kind stands in its place. */
async function writeMutant(home: string, mutant: Mutant, sample: SampleLog, index: number): Promise<void> {
  const record: unknown = JSON.parse(renameIds(JSON.stringify(ofSample(mutant.record, mutant.sessionId)), index));
  const line = replaceMember(record, mutant.path, mutant.value);
  const own = sample.lines.map((line) => renameIds(line, index));
  const lines = mutant.name === sample.firstKind ? own.with(0, line) : own.toSpliced(sample.turnsFrom, 0, line);
  await writeLog(join(home, renameIds(sample.path, index)), lines);
}

/** Every number in an answer, with where it is. */
function* numbersIn(value: unknown, place = ""): Generator<readonly [place: string, value: number]> {
  if (typeof value === "number") yield [place, value];
  else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) yield* numbersIn(member, `${place}.${key}`);
  }
}

/** Runs it as the command line and the tools do. @returns the answer as a program reads it */
async function ask(name: string, values: Readonly<Record<string, unknown>>, context: OperationContext) {
  const operation = await OPERATIONS.find((operation) => operation.name === name)!.load();
  const { input, problem } = checkInput(operation.input, values);
  ok(input !== undefined, problem?.message);
  const asked = `${name} ${JSON.stringify(values).slice(0, 200)}`;
  try {
    const output = await operation.run(input, context);
    for (const [place, value] of numbersIn(output)) {
      ok(Number.isFinite(value), `${asked}: ${place} is ${value}`);
      // A difference may be less than nothing, and so may be what a cache saved.
      ok(value >= 0 || !/usd$/i.test(place) || /(difference|saved)Usd$/.test(place), `${asked}: ${place} is ${value}`);
    }
    const json = JSON.parse(JSON.stringify(output)) as Record<string, unknown>;
    const checked = (await operation.output()).safeParse(json);
    ok(checked.success, `${asked}: ${checked.error}`);
    const view = operation.view(output, input, context);
    const text = renderView(view, { width: 80, color: true });
    // Doctor quotes what it found.
    ok(name === "doctor" || !/\$NaN|\$Infinity|\bundefined\b/.test(text), `${asked}: ${text}`);
    renderCsv(view);
    return json;
  } catch (error) {
    if (error instanceof AgentError) return undefined;
    throw new Error(`${asked} failed`, { cause: error });
  }
}

const NEVER = () => Promise.reject(new Error("not asked for"));

function contextOf(home: string, scan: UsageIndex, timezone: string): OperationContext {
  return {
    now: Date.parse(NOW),
    timezone,
    home,
    cwd: home,
    stateDirectory: home,
    account: { machine: makeMachine({ home }), opperHome: home, readSecret: NEVER, fetch: NEVER },
    resolvePath: (path) => [path],
    findCheckouts: (directories) => Promise.resolve(findCheckouts(directories)),
    openIndex: () => Promise.resolve(scan),
  };
}

async function withScan<T>(home: string, index: string, body: (scan: UsageIndex) => Promise<T>): Promise<T> {
  const machine = makeMachine({ home });
  const scan = await openIndex({
    machine,
    stateDirectory: index,
    onWarning: (message) => {
      throw new Error(message);
    },
  });
  try {
    return await body(scan);
  } finally {
    scan.close();
  }
}

/** What is said of sessions and depends on no other's. */
async function figuresOf(scan: UsageIndex, ids?: ReadonlySet<string>): Promise<readonly unknown[]> {
  const sessions = await scan.sessions({ now: Date.parse(NOW), isPast: false });
  return sessions.filter(({ sessionId }) => ids === undefined || ids.has(sessionId))
    .map((session) => {
      const figures = { ...plainReport(session), id: undefined, cache: undefined, cacheBasis: undefined };
      return JSON.parse(JSON.stringify(figures)) as { file: string };
    })
    .sort((a, b) => a.file < b.file ? -1 : 1);
}

Deno.test("no source fails, whatever stands where a record has something", async (t) => {
  const kinds = await collectKinds();
  const values = HOSTILE_VALUES.map((value) => [value, parseValue(value)] as const);
  for (const { id } of LOGGED_AGENTS) {
    await t.step(id, async () => {
      const source = await loadSource(id);
      const own = kinds.filter((kind) => kind.source === id);
      ok(own.length > 0, "there are no sample logs");
      for (const { record, file } of own) {
        for (const path of memberPaths(record)) {
          for (const [value, parsed] of values) {
            const mutant = withMember(record, path, parsed);
            const what = `${JSON.stringify(record).slice(0, 100)} ${path.join(".")} ${value.slice(0, 40)}`;
            try {
              const folder = new RecordFolder(source);
              let state: unknown = source.start(file);
              for (const line of [record, mutant, record, mutant]) {
                // As the index keeps it.
                const result = folder.fold(JSON.parse(JSON.stringify(state)), line);
                state = result.state;
                ok((result.problem?.length ?? 0) < 1000, result.problem);
                for (const [place, number] of numbersIn([result.turns, result.totals])) {
                  ok(Number.isFinite(number), `${place} is ${number}`);
                }
              }
              for (const [place, number] of numbersIn(source.session(state))) ok(Number.isFinite(number), place);
              source.text(mutant);
              for (const isFaulty of [false, true]) folder.uncounted(mutant, isFaulty);
              for (const [place, number] of numbersIn(source.toolCosts?.read(mutant))) {
                ok(Number.isFinite(number) && number >= 0, place);
              }
            } catch (error) {
              throw new Error(what, { cause: error });
            }
          }
        }
      }
    });
  }
});

function parseValue(json: string): unknown {
  return JSON.parse(json);
}

/** A copy with another member; all that is beside it is shared. */
function withMember(value: unknown, [key, ...rest]: MemberPath, member: unknown): unknown {
  const copy = Array.isArray(value) ? [...value] : { ...value as object };
  const members = copy as Record<string | number, unknown>;
  members[key!] = rest.length === 0 ? member : withMember(members[key!], rest, member);
  return copy;
}

Deno.test("records that hold anything at all", async (t) => {
  await withTemporaryDirectory(async (home) => {
    const index = join(home, "index");
    await makeSmallHome(home);
    const good = await withScan(home, index, (scan) => figuresOf(scan)) as { sessionId: string }[];
    const ids = new Set(good.map(({ sessionId }) => sessionId));
    const random = seededRandom(17);
    const samples = await sampleLogs();
    const kinds = (await collectKinds()).filter(({ source, form }) => form === "lines" && samples.has(source));
    const mutants = pickMutants(kinds, random);
    for (const [index, mutant] of mutants.entries()) {
      await writeMutant(home, mutant, samples.get(mutant.source)!, index);
    }
    const others = [...await strangeDocuments(STRANGE_LOGS), ...await strangeRows(STRANGE_LOGS)];
    for (const strange of others) {
      for (let index = 1; index <= strange.count; index++) strange.write(home, index, random);
    }
    // How many of each are to be there. What a log has of its responses in one record is lost with that.
    const written = new Map<string, number>();
    const lines = mutants.map(({ source }) => ({ source, count: 1, share: 0.8 }));
    for (const { source, count, share } of [...lines, ...others.map((strange) => ({ ...strange, share: 0.5 }))]) {
      written.set(source, (written.get(source) ?? 0) + count * share);
    }
    deepStrictEqual([...written.keys()].sort(), LOGGED_AGENTS.map(({ id }) => id).sort());

    const fresh = await t.step(
      "change nothing about other sessions, in a first scan and in one that finds nothing new",
      async () => {
        for (let scan = 0; scan < 2; scan++) {
          deepStrictEqual(await withScan(home, index, (scan) => figuresOf(scan, ids)), good);
        }
        const [kept, anew] = [index, join(home, "other")].map((index) =>
          withScan(home, index, (scan) => figuresOf(scan))
        );
        deepStrictEqual(await kept, await anew);
      },
    );
    strictEqual(fresh, true);
    for (const timezone of ["UTC", "Pacific/Kiritimati", "Pacific/Niue"]) {
      await t.step(`every question is answered, ${timezone}`, () =>
        withScan(home, index, async (scan) => {
          const context = contextOf(home, scan, timezone);
          for (const sort of ["last", "cost", "tokens"]) await ask("sessions", { sort, limit: 0 }, context);
          for (const by of ["hour", "day", "week", "month", "model", "provider", "project", "source", "session"]) {
            await ask("cost", { by }, context);
          }
          for (const asOf of ["0001-01-01", "2026-11-20T12:00:00Z", "2026-11-26T04:09:00Z", "9999-12-31"]) {
            for (const name of ["sessions", "cost", "overview"]) await ask(name, { asOf, limit: 0 }, context);
          }
          await ask("overview", { limit: 0 }, context);
          await ask("cache", { all: true, limit: 0 }, context);
        }));
    }
    await t.step(
      "every session can be shown, with its turns and its text",
      () =>
        withScan(home, index, async (scan) => {
          const context = contextOf(home, scan, "UTC");
          const sessions = await scan.sessions({ now: context.now, isPast: false });
          const tooFew = [...written].flatMap(([id, count]) => {
            const billed = sessions.filter(({ source, usage }) => source === id && totalTokens(usage) > 0).length;
            return billed > count ? [] : [`${id}: ${billed} logs have something that was billed, expected ${count}`];
          });
          deepStrictEqual(tooFew, []);
          for (const { file } of sessions) {
            await ask("session", { session: file, turns: true, context: true, includeText: true }, context);
          }
          await ask("session", { session: "latest", asOf: "2026-11-26T04:09:00Z" }, context);
        }),
    );
    await t.step("doctor names what is wrong", () =>
      withScan(home, index, async (scan) => {
        const context = contextOf(home, scan, "UTC");
        for (const values of [{ limit: 0 }, { quick: true, limit: 0 }, { costs: true }]) {
          await ask("doctor", values, context);
        }
        const { problems } = (await ask("doctor", { limit: 0 }, context)) as { problems: { message: string }[] };
        ok(problems.length > MUTANTS / 20, `${problems.length}`);
        for (const { message } of problems) {
          ok(message.length < 1000 && !/bug|^Cannot be read/.test(message), message);
        }
      }));
    await t.step("each session is a resource", () =>
      withScan(home, index, async (scan) => {
        let cursor: unknown;
        do {
          const page = await listSessionResources(cursor as string | undefined, contextOf(home, scan, "UTC"));
          cursor = page["nextCursor"];
        } while (cursor !== undefined);
      }));
  });
});

Deno.test("names that differ where SQLite ends a text have prices of their own", async () => {
  await withTemporaryDirectory(async (home) => {
    const index = join(home, "index");
    const [odd, good] = ["00000000-0000-4000-8000-0000000000e1", "00000000-0000-4000-8000-0000000000e2"];
    const write = async (id: string, suffix: string) => {
      const lines = claudeLines(id).map((line) =>
        `${JSON.stringify(line).replaceAll("claude-opus-4-6", `claude-opus-4-6${suffix}`)}\n`
      );
      await Deno.mkdir(join(home, ".claude/projects/-x"), { recursive: true });
      await Deno.writeTextFile(join(home, `.claude/projects/-x/${id}.jsonl`), lines.join(""));
    };
    await write(odd, "\\u0000");
    await withScan(home, index, (scan) => figuresOf(scan));
    await write(good, "");
    const figures = await withScan(home, index, (scan) => figuresOf(scan));
    deepStrictEqual(figures, await withScan(home, join(home, "other"), (scan) => figuresOf(scan)));
    const usd = figures.map((figure) => (figure as { cost: { usd: number } }).cost.usd);
    // 0.028 + 0.00225 of claude-opus-4-6, see small_home.ts.
    deepStrictEqual(usd, [0, 0.03025]);
  });
});

Deno.test("files of prices and settings that hold anything at all", async (t) => {
  const rates = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };
  const model = { id: "m", cost: { ...rates, tiers: [{ inputTokensAbove: 5, input: 6 }] } };
  const long = { abovePromptTokens: 5, inputTokens: 2 };
  const costs = {
    m: { inputTokens: 1, outputTokens: 2, promptCacheReadTokens: 1, webSearchRequests: 1, longPrompt: long, fast: {} },
  };
  const own = { ...rates, tiers: [{ promptTokensAbove: 5, input: 6 }] };
  const files: readonly [path: string, content: object][] = [
    [".pi/agent/models.json", {
      providers: { p: { baseUrl: "http://x.y", models: [model], modelOverrides: { n: model } } },
    }],
    [".pi/agent/models-store.json", { openai: { models: [model] } }],
    [".pi/agent/settings.json", { sessionDir: "x" }],
    [".claude.json", { additionalModelCostsCache: costs }],
    ["index/prices.json", { providers: { p: { sameAs: "q", models: { m: own } } } }],
  ];
  for (const [path, content] of files) {
    await t.step(path, () =>
      withTemporaryDirectory(async (home) => {
        await makeSmallHome(home);
        const index = join(home, "index");
        await Deno.mkdir(index);
        const good = await withScan(home, index, (scan) => figuresOf(scan));
        const random = seededRandom(4);
        const machine = makeMachine({
          home,
          readTextFile: (asked: string) => asked === join(home, path) ? Deno.readTextFileSync(asked) : undefined,
        });
        const mutants = memberPaths(content).flatMap((member) =>
          HOSTILE_VALUES.map((value) => [member, value] as const)
        )
          .filter(() => random() < 0.15);
        for (const [member, value] of mutants) {
          await Deno.writeTextFile(join(home, path), replaceMember(content, member, value));
          const scan = await openIndex({ machine, stateDirectory: index, useIndex: false });
          try {
            deepStrictEqual(await figuresOf(scan), good);
            for (const { message } of await scan.readProblems()) ok(message.length < 110_000, message.slice(0, 200));
          } catch (error) {
            throw new Error(`${member.join(".")} is ${value.slice(0, 60)}`, { cause: error });
          } finally {
            scan.close();
          }
        }
      }));
  }
});
