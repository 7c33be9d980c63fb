/** One log of Pi far larger than any buffer, with a line that is: what memory has to be bounded for. */
import { join } from "node:path";
import { Draws } from "./draws.ts";
import { LogFile } from "./log_file.ts";
import { TextPool } from "./text_pool.ts";
import { NO_SUMS, type Sums, type Truth } from "./truth.ts";

const START = Date.UTC(2026, 10, 1, 8);
const ID = "01a3c5f2-7400-7000-8000-0000000000aa";

/** @param lineBytes Of the one line, in the middle, that holds a picture */
export function makeHugeLog(directory: string, bytes: number, lineBytes: number): Truth {
  const draws = new Draws(2);
  const text = new TextPool(draws);
  const time = (seconds: number) => new Date(START + seconds * 1000).toISOString();
  const log = new LogFile(
    join(directory, ".pi/agent/sessions/--srv-dev-api--", `${time(0).replace(/[:.]/g, "-")}_${ID}.jsonl`),
  );
  log.line(`{"type":"session","version":3,"id":"${ID}","timestamp":"${time(0)}","cwd":"/srv/dev/api"}`);
  let sums: Sums = NO_SUMS;
  let hasPicture = false;
  for (let turn = 1; log.bytes < bytes; turn++) {
    const isPicture: boolean = !hasPicture && log.bytes > bytes / 2;
    hasPicture ||= isPicture;
    const content = isPicture
      ? `{"type":"image","data":"${text.base64(lineBytes)}","mimeType":"image/png"}`
      : `{"type":"text","text":"${text.text(200_000)}"}`;
    log.line(
      `{"type":"message","id":"${draws.hex(8)}","parentId":null,"timestamp":"${time(turn)}","message":{"role":` +
        `"toolResult","toolCallId":"call_${turn}","toolName":"bash","content":[${content}],"isError":false}}`,
    );
    const usage = { input: draws.whole(1, 99), output: draws.whole(1, 999), cacheRead: turn * 10, cacheWrite: 0 };
    log.line(
      `{"type":"message","id":"${draws.hex(8)}","parentId":null,"timestamp":"${time(turn)}","message":{"role":` +
        `"assistant","content":[],"provider":"openai","model":"gpt-5.2","usage":${
          JSON.stringify({ ...usage, cost: { total: 0.25 } })
        },"stopReason":"toolUse","timestamp":${START + turn * 1000 - 400}}}`,
    );
    sums = {
      ...NO_SUMS,
      turns: turn,
      input: sums.input + usage.input,
      cacheRead: sums.cacheRead + usage.cacheRead,
      output: sums.output + usage.output,
      usd: sums.usd + 0.25,
    };
  }
  log.close(START);
  const none = { files: 0, bytes: 0, longestLine: 0, total: NO_SUMS, withCopies: NO_SUMS, sessions: {} };
  const pi = {
    files: 1,
    bytes: log.bytes,
    longestLine: lineBytes,
    total: sums,
    withCopies: sums,
    sessions: { [ID]: sums },
  };
  return { seed: 2, sources: { pi, claude: none, codex: none } };
}
