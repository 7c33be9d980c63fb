/** A client that sends anything: each request has one answer, nothing else is said, and the next request is heard. */
import type { Draws } from "../../corpus_generator/draws.ts";
import type { Campaign, Fault, Round } from "../campaign.ts";
import { drawRequest, type Sent } from "../hostile_requests.ts";
import { makeLogHome } from "../index_home.ts";
import { McpSession } from "../mcp_session.ts";
import { faultsOfLines, idOf } from "../mcp_oracles.ts";
import { show } from "../oracles.ts";

const PATIENCE_MS = 30_000;
/** Between two requests that have to be heard. */
const BATCHES = 6;

export const mcpRequests: Campaign = {
  name: "mcp-requests",
  summary: "random and hostile lines to the server: one answer each, well-formed, and the next one is heard",
  weight: 2,
  async run(round: Round) {
    const { draws, agent, directory, report } = round;
    const { place } = makeLogHome(round, draws.whole(3, 40));
    const empty = `${directory}/empty`;
    Deno.mkdirSync(empty);
    // No agent that could be started.
    const quiet = { ...place, env: { PATH: empty } };
    const session = new McpSession(agent, quiet, draws.chance(0.5) ? ["--read-only"] : []);
    const client = { name: "torture", version: "1" };
    const initialize = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: client };
    await session.write(lineOf({ jsonrpc: "2.0", id: "first", method: "initialize", params: initialize }));
    await session.write(lineOf({ jsonrpc: "2.0", method: "notifications/initialized" }));
    const sent: Sent[] = [{ bytes: new Uint8Array(), id: "first" }];
    // Apart from the numbers that are sent as ids by chance: each of those is answered, too.
    let number = 40_000;
    for (let batch = 0; batch < BATCHES; batch++) {
      const requests = Array.from({ length: draws.whole(1, 12) }, () => drawRequest(draws, ++number));
      for (const request of requests) {
        sent.push(request);
        for (const piece of piecesOf(request.bytes, draws)) await session.write(piece);
      }
      const id = `heard ${batch}`;
      sent.push({ bytes: new Uint8Array(), id });
      await session.write(lineOf({ jsonrpc: "2.0", id, method: "ping" }));
      if (await session.waitFor((line) => idOf(line) === id, PATIENCE_MS)) continue;
      report({
        kind: "deaf",
        what: `after ${requests.map(({ bytes }) => shown(bytes)).join("\n")}\n${session.stderr}`,
      });
      break;
    }
    const cancelled = new Set(sent.map(({ cancels }) => cancels));
    const wanted = sent.flatMap(({ id }) => id === undefined || cancelled.has(Number(id)) ? [] : id);
    for (const id of wanted) await session.waitFor((line) => idOf(line) === id, PATIENCE_MS);
    const status = await session.end(PATIENCE_MS);
    const faults: Fault[] = [...faultsOfLines(session.lines, wanted)];
    if (status !== 0) faults.push({ kind: "ends badly", what: `status ${status}: ${session.stderr}` });
    if (/this is a bug/.test(session.stderr)) faults.push({ kind: '"this is a bug"', what: session.stderr });
    if (report(...faults)) Deno.writeFileSync(`${directory}/sent.jsonl`, joinLines(sent.map(({ bytes }) => bytes)));
  },
};

function lineOf(message: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(message)}\n`);
}

/** A line with its end, as a pipe may hand it on. */
function piecesOf(bytes: Uint8Array, draws: Draws): readonly Uint8Array[] {
  const line = joinLines([bytes]);
  if (draws.chance(0.6)) return [line];
  const cut = draws.whole(0, line.length);
  return [line.subarray(0, cut), line.subarray(cut)];
}

function joinLines(lines: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(lines.reduce((length, line) => length + line.length + 1, 0));
  let at = 0;
  for (const line of lines) {
    joined.set(line, at);
    joined[at + line.length] = 10;
    at += line.length + 1;
  }
  return joined;
}

function shown(bytes: Uint8Array): string {
  return show(new TextDecoder().decode(bytes.subarray(0, 300)));
}
