/**
 * Measures the relay of a launch beside calls straight to the gateway, in one run: both are asked in turn by the same client,
 * so that whatever else the machine does meets both. The gateway is the tests' own, on this machine. Needs Node.
 *
 *     deno task bench:relay
 *     deno task bench:relay --program dist/opper-agent --calls 400
 *
 * Ends with status 1 when a target is missed. A machine that is busy with other things may miss those of time.
 */
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { onRelayStage } from "../tests/support/relay_stage.ts";
import { describeMachine } from "./comparison/machine.ts";
import { figuresTable } from "./comparison/print_table.ts";
import { ourCommand } from "./comparison/programs.ts";

const HELP = `deno task bench:relay [options]

  --calls COUNT       calls of each for the time to the first byte, with bodies of 15 B and of 60 kB (200)
  --rounds COUNT      streams of 10 MB, bodies of 20 MB and twenty streams at once, of each (5)
  --program COMMAND   what is measured (this source, run by Deno)`;

/** More than that at the median of the time to the first byte, and nobody would want it. */
const MOST_MS = 1.5;
const LEAST_SPEED = 0.5;
const MOST_MEGABYTES = 80;
const MEGABYTE = 1_048_576;
const AT_ONCE = 20;
const SESSION = "7f8e112e-b498-41d9-b827-0b78e508d66a";

const { values: options } = parseArgs({
  options: {
    calls: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
    program: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log(HELP);
  Deno.exit(0);
}
const [calls, rounds] = [Number(options.calls), Number(options.rounds)];
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

interface Call {
  readonly firstByteMs: number;
  readonly totalMs: number;
  readonly bytes: number;
}

/** One way to the gateway, and what was measured on it. */
interface Way {
  readonly name: string;
  readonly url: string;
  readonly key: string;
  readonly small: number[];
  /** Of the same calls until their end: what is sent in pieces may wait for the client's word that it has the one before. */
  readonly whole: number[];
  readonly middle: number[];
  readonly speeds: number[];
  readonly uploads: number[];
  readonly together: number[];
  readonly worstFirst: number[];
}

/** @param fault what the gateway answers (tests/support/fake_faults.mjs) */
function call({ url, key }: Way, fault: string, body: Uint8Array): Promise<Call> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/v1/messages?fault=${fault}`, {
      method: "POST",
      agent,
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "content-length": body.length,
        "x-claude-code-session-id": SESSION,
      },
    }, (response) => {
      let [firstByteMs, bytes] = [NaN, 0];
      response.on("data", (chunk: Uint8Array) => {
        if (bytes === 0) firstByteMs = performance.now() - startedAt;
        bytes += chunk.length;
      });
      response.on("end", () => resolve({ firstByteMs, totalMs: performance.now() - startedAt, bytes }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function measure(ways: readonly Way[]): Promise<void> {
  const [small, middle, large] = [15, 60_000, 20 * MEGABYTE].map((size) => new Uint8Array(size).fill(0x61));
  for (const way of ways) for (let index = 0; index < 30; index++) await call(way, "hello", small!);
  for (let index = 0; index < calls; index++) {
    for (const way of ways) {
      const { firstByteMs, totalMs } = await call(way, "hello", small!);
      way.small.push(firstByteMs);
      way.whole.push(totalMs);
    }
    for (const way of ways) way.middle.push((await call(way, "hello", middle!)).firstByteMs);
  }
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      const { bytes, totalMs } = await call(way, "big", small!);
      if (bytes !== 10 * MEGABYTE) throw new Error(`${way.name}: ${bytes} bytes of a stream of 10 MB`);
      way.speeds.push(bytes / MEGABYTE / (totalMs / 1000));
    }
    for (const way of ways) way.uploads.push((await call(way, "size", large!)).totalMs);
    for (const way of ways) {
      const startedAt = performance.now();
      const all = await Promise.all(Array.from({ length: AT_ONCE }, () => call(way, "drip", middle!)));
      way.together.push(performance.now() - startedAt);
      way.worstFirst.push(Math.max(...all.map(({ firstByteMs }) => firstByteMs)));
    }
  }
}

/** The most that the process had in memory. Linux only: elsewhere unknown. */
async function peakMegabytes(pid: number): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

const median = (values: readonly number[]) => quantile(values, 0.5);
const times = (values: readonly number[]) => `${median(values).toFixed(2)} / ${quantile(values, 0.99).toFixed(2)}`;

function way(name: string, url: string, key: string): Way {
  return { name, url, key, small: [], whole: [], middle: [], speeds: [], uploads: [], together: [], worstFirst: [] };
}

let isMissed = false;
await onRelayStage(async ({ gateway, launch }) => {
  const launched = await launch();
  const atStart = await peakMegabytes(launched.process.pid);
  const direct = way("straight", `${gateway.url}/v3/session/sess_bench`, "op-any");
  const relayed = way("relay", launched.url, launched.token);
  await measure([direct, relayed]);
  const atEnd = await peakMegabytes(launched.process.pid);
  await launched.end();
  agent.destroy();

  const more = median(relayed.small) - median(direct.small);
  const later = median(relayed.whole) - median(direct.whole);
  const speed = median(relayed.speeds) / median(direct.speeds);
  console.log([
    await describeMachine(options.program),
    `First bytes: ${calls} calls each, in turn, median / 99th of a hundred. The rest: medians of ${rounds}.`,
    figuresTable(
      [
        "way",
        "first byte ms",
        "whole ms",
        "with 60 kB ms",
        "10 MB at MB/s",
        "20 MB sent ms",
        `${AT_ONCE} at once ms`,
        "their worst first ms",
      ],
      [direct, relayed].map((way) => [
        way.name,
        times(way.small),
        times(way.whole),
        times(way.middle),
        median(way.speeds).toFixed(0),
        median(way.uploads).toFixed(0),
        median(way.together).toFixed(0),
        median(way.worstFirst).toFixed(0),
      ]),
      [1, 2, 3, 4, 5, 6, 7],
    ),
    `Memory of the launch, the most it had: ${shown(atStart)} when its agent was up, ${shown(atEnd)} at the end.`,
    `${more.toFixed(2)} ms more to the first byte and ${later.toFixed(2)} to the last (at most ${MOST_MS}), ${
      speed.toFixed(2)
    } of the speed (at least ${LEAST_SPEED}).`,
  ].join("\n\n"));
  isMissed = more > MOST_MS || later > MOST_MS || speed < LEAST_SPEED || (atEnd ?? 0) > MOST_MEGABYTES;
}, { command: ourCommand(options.program) as [string, ...string[]] });
if (isMissed) {
  console.error("A target is missed.");
  Deno.exit(1);
}

function shown(megabytes: number | undefined): string {
  return megabytes === undefined ? "unknown" : `${megabytes.toFixed(0)} MB (at most ${MOST_MEGABYTES})`;
}
