/** Does a first scan of `$HOME` up to a level, in two threads: `level_program.ts LEVEL`. Prints nothing. */
import { makeMachine } from "../../src/host/environment.ts";
import { startThread } from "../../src/host/thread.ts";
import { LOGGED_AGENTS } from "../../src/agents/agents.ts";
import { discoverLogs } from "../../src/scan/logs/discover.ts";
import { SCAN_LEVELS } from "./level_names.ts";
import { type LevelOrder, workAtLevel } from "./work_at_level.ts";

const level = SCAN_LEVELS.find((name) => name === Deno.args[0]);
if (level === undefined) throw new Error(`Expected one of ${SCAN_LEVELS.join(", ")}.`);
const thread = startThread<number, LevelOrder>(new URL("level_thread.ts", import.meta.url).href);
const { files } = discoverLogs(LOGGED_AGENTS, makeMachine({ home: Deno.env.get("HOME")! }), []);
const tasks = files.map(({ source, file }) => ({ source: source.id, file }))
  .sort((a, b) => b.file.size - a.file.size);
const order = { level, tasks, taken: new SharedArrayBuffer(4) };
const other = new Promise<number>((resolve, reject) => {
  thread.onMessage(resolve);
  thread.onFailure(reject);
});
thread.post({ ...order, isFromEnd: false });
// What starts the other thread is done between two tasks of this one.
await new Promise((resolve) => setTimeout(resolve, 1));
const own = await workAtLevel({ ...order, isFromEnd: true });
const logs = own + await other;
thread.end();
if (logs !== tasks.length) throw new Error(`${logs} of ${tasks.length} logs were read.`);
