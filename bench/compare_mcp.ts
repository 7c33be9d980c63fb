/**
 * The MCP server beside two others, in one run on one machine: how long until it answers `initialize` and `tools/list`,
 * what it holds in memory after thousands of calls, and how many it answers a second.
 *
 * The others do other work, on other data: figures of calls say what is to be expected of a server, not who is better.
 * Cold starts can be compared. Ours is run from source unless OPPER_AGENT_BINARY names a compiled one, and so is the empty
 * program that answers unless EMPTY_SERVER_BINARY does; OPPER_AGENT_BEFORE names another version of ours to be beside it.
 * Needs npm, and Linux for memory.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectMcp, INITIALIZE, type Json, type McpClient } from "../tests/support/mcp_client.ts";
import { npmPackage, realNode } from "../tests/support/real_pi.ts";
import { agentCommand, agentEnvironment, FIXTURE_HOME, withTemporaryDirectory } from "../tests/support/run_agent.ts";

const STARTS = 15;
const WARM_UP_CALLS = 2000;
const CALLS = 5000;
/** Requests that are on their way at any time. */
const IN_FLIGHT = 8;
/** What is slower than this is stopped, and the calls that it made are counted. */
const PATIENCE_MS = 120_000;

interface Peer {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Absent: it has none, and is but started. */
  readonly tool?: string;
  readonly args?: Json;
}

interface Row {
  readonly initialize: readonly number[];
  readonly toolsList: readonly number[];
  /** Right after the list. */
  readonly startMb: readonly number[];
  readonly called?: {
    readonly warmMb: number;
    readonly endMb: number;
    readonly calls: number;
    readonly callsPerSecond: number;
  };
}

async function peers(directory: string): Promise<readonly Peer[]> {
  const node = await realNode();
  const filesystem = await npmPackage("@modelcontextprotocol/server-filesystem", "2026.8.31");
  const ccusage = await npmPackage("@ccusage/mcp", "18.0.11");
  const ours = { tool: "list_sessions", args: { limit: 5 } } as const;
  const [empty, before] = ["EMPTY_SERVER_BINARY", "OPPER_AGENT_BEFORE"].map((name) => Deno.env.get(name));
  const emptySource = fileURLToPath(new URL("empty_server.ts", import.meta.url));
  return [
    {
      name: "empty program that answers",
      command: empty === undefined ? [Deno.execPath(), "run", "-A", "--no-config", emptySource] : [empty],
    },
    { name: "opper-agent", command: [...agentCommand(), "mcp"], ...ours },
    ...before === undefined ? [] : [{ name: "opper-agent, before", command: [before, "mcp"] as const, ...ours }],
    {
      name: "server-filesystem 2026.8.31",
      command: [node, join(filesystem, "dist/index.js"), directory],
      tool: "list_directory",
      args: { path: directory },
    },
    {
      name: "@ccusage/mcp 18.0.11",
      command: [node, join(ccusage, "dist/index.js")],
      tool: "daily",
      // Costs as they are logged: it would ask the network for prices otherwise.
      args: { mode: "display" },
    },
  ];
}

async function measureStart(
  connect: () => Promise<McpClient>,
): Promise<readonly [initialize: number, list: number, mb: number]> {
  const start = performance.now();
  await using client = await connect();
  await client.request("initialize", INITIALIZE);
  const initialized = performance.now();
  await client.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  await client.request("tools/list");
  return [initialized - start, performance.now() - start, memoryOf(client.child.pid)];
}

/** @returns how many were made */
async function makeCalls(client: McpClient, { name, tool = "", args }: Peer, count: number): Promise<number> {
  const until = performance.now() + PATIENCE_MS;
  let made = 0;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (made < count && performance.now() < until) {
      made++;
      const result = await client.call(tool, args);
      if (result.isError) throw new Error(`${name}: ${result.content[0]?.text}`);
    }
  }));
  return made;
}

/** Resident memory in MB; of Linux alone. */
function memoryOf(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return Number(kb) / 1024;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function calledCells({ called }: Row): readonly string[] {
  if (called === undefined) return ["-", "-", "-"];
  const { warmMb, endMb, calls, callsPerSecond } = called;
  const end = endMb.toFixed(0);
  return [warmMb.toFixed(0), calls === CALLS ? end : `${end} (${calls})`, callsPerSecond.toFixed(0)];
}

function printTable(rows: ReadonlyMap<string, Row>): void {
  const header = [
    "server",
    "initialize",
    "tools/list",
    "MB then",
    `MB after ${WARM_UP_CALLS}`,
    `MB after ${WARM_UP_CALLS + CALLS} calls`,
    "calls/s",
  ];
  const lines = [...rows].map(([name, row]) => [
    name,
    `${Math.min(...row.initialize).toFixed(0)} / ${median(row.initialize).toFixed(0)} ms`,
    `${Math.min(...row.toolsList).toFixed(0)} / ${median(row.toolsList).toFixed(0)} ms`,
    median(row.startMb).toFixed(0),
    ...calledCells(row),
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...lines].map((line) => line[column]!.length)));
  for (const line of [header, widths.map((width) => "-".repeat(width)), ...lines]) {
    console.log(`| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`);
  }
  console.log(
    `Least / median of ${STARTS} cold starts, taken in turns; memory is resident; ${IN_FLIGHT} calls in flight.`,
  );
}

await withTemporaryDirectory(async (directory) => {
  const home = join(directory, "home");
  await new Deno.Command("cp", { args: ["-R", FIXTURE_HOME, home] }).output();
  const env = agentEnvironment({ home });
  const all = await peers(home);
  const starts = new Map(
    all.map(({ name }) => [name, { initialize: [] as number[], toolsList: [] as number[], startMb: [] as number[] }]),
  );
  // In turns, so that whatever else the machine does meets all of them.
  for (let round = -1; round < STARTS; round++) {
    for (const { name, command } of all) {
      const [initialize, toolsList, mb] = await measureStart(() =>
        connectMcp(command, { cwd: home, env, initialize: false })
      );
      // The first round fills caches.
      if (round < 0) continue;
      starts.get(name)!.initialize.push(initialize);
      starts.get(name)!.toolsList.push(toolsList);
      starts.get(name)!.startMb.push(mb);
    }
  }
  const callMuch = async (peer: Peer) => {
    await using client = await connectMcp(peer.command, { cwd: home, env });
    await makeCalls(client, peer, WARM_UP_CALLS);
    const warmMb = memoryOf(client.child.pid);
    const start = performance.now();
    const calls = await makeCalls(client, peer, CALLS);
    const callsPerSecond = calls / (performance.now() - start) * 1000;
    return { warmMb, endMb: memoryOf(client.child.pid), calls, callsPerSecond };
  };
  const rows = new Map<string, Row>();
  for (const peer of all) {
    rows.set(peer.name, {
      ...starts.get(peer.name)!,
      ...peer.tool === undefined ? {} : { called: await callMuch(peer) },
    });
  }
  printTable(rows);
});
