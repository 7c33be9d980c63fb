/** A session that is at work while a home is measured. */
import { join } from "node:path";

const ID = "5b1e8a52-9b0c-4f0e-8d65-0c1f6a7e2d11";
let count = 0;

/** Another turn of it, of just now. The first one begins its log. */
export function addTurn(home: string): void {
  const directory = join(home, ".claude/projects/-srv-dev-at-work");
  Deno.mkdirSync(directory, { recursive: true });
  const at = Date.now();
  const name = `${at}x${count++}`;
  const usage = {
    input_tokens: 20,
    cache_creation_input_tokens: 2000,
    cache_read_input_tokens: 20_000 * count,
    // Enough to be seen in a sum of dollars.
    output_tokens: 50_000,
  };
  const content = [{ type: "text", text: "Done." }];
  const line = {
    isSidechain: false,
    cwd: "/srv/dev/at-work",
    sessionId: ID,
    version: "2.1.329",
    type: "assistant",
    message: { id: `msg_${name}`, type: "message", role: "assistant", model: "claude-opus-4-6", content, usage },
    requestId: `req_${name}`,
    uuid: crypto.randomUUID(),
    timestamp: new Date(at).toISOString(),
  };
  Deno.writeTextFileSync(join(directory, `${ID}.jsonl`), `${JSON.stringify(line)}\n`, { append: true });
}
