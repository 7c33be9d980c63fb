/** The stand-in of OpenRouter (fake_openrouter.mjs) as a process on the loopback, and homes with turns that it served. */
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "./logs.ts";

/** What was asked so far. */
export interface OpenRouterState {
  readonly requests: number;
  /** How often each id was asked for. */
  readonly byId: Readonly<Record<string, number>>;
  readonly maxConcurrent: number;
  readonly contentAsked: number;
  readonly keys: Readonly<Record<string, number>>;
}

export interface OpenRouterRequest {
  readonly method: string;
  readonly path: string;
  readonly id?: string;
  readonly key: string;
  readonly status: number;
}

export interface FakeOpenRouter extends AsyncDisposable {
  /** For OPENROUTER_BASE_URL. */
  readonly url: string;
  state(): Promise<OpenRouterState>;
  log(): Promise<readonly OpenRouterRequest[]>;
}

/** A seed as the header of the fake describes it. */
export interface OpenRouterSeed {
  readonly keys: Readonly<Record<string, object>>;
  readonly generations: readonly object[];
  readonly limits?: object;
}

/** Keys of the built-in seed, and of {@linkcode seedOf}. */
export const ORDINARY_KEY = "sk-or-v1-ordinary";
export const MANAGEMENT_KEY = "sk-or-v1-management";

/** @param seed @default the built-in one */
export async function startOpenRouter(
  options: { readonly seed?: OpenRouterSeed; readonly latencyMs?: number } = {},
): Promise<FakeOpenRouter> {
  const { seed, latencyMs = 0 } = options;
  const file = seed === undefined ? undefined : await Deno.makeTempFile({ suffix: ".json" });
  if (file !== undefined) await Deno.writeTextFile(file, JSON.stringify(seed));
  const args = [new URL("fake_openrouter.mjs", import.meta.url).pathname, "0", "--latency", String(latencyMs)];
  if (file !== undefined) args.push("--seed", file);
  const child = new Deno.Command("node", { args, stdin: "null", stdout: "piped", stderr: "inherit" }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  while (!printed.includes("\n")) {
    const { value, done } = await output.read();
    if (done) throw new Error("The stand-in of OpenRouter ended before it was up.");
    printed += value;
  }
  if (file !== undefined) await Deno.remove(file);
  const origin = `http://127.0.0.1:${/^LISTENING (\d+)$/m.exec(printed)?.[1]}`;
  const read = async (path: string) => await (await fetch(origin + path)).json();
  return {
    url: `${origin}/api/v1`,
    state: () => read("/__state"),
    log: () => read("/__log"),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await output.cancel();
      await child.status;
    },
  };
}

/** A generation that costs this much, at Anthropic, as OpenRouter's answers have them. */
export function generation(id: string, usd: number, more: object = {}): object {
  const model = "anthropic/claude-4.6-sonnet-20260217";
  return {
    id,
    account: "me",
    model,
    provider_name: "Anthropic",
    created_at: "2026-11-20T10:00:00.000000+00:00",
    usage: usd,
    total_cost: usd,
    ...more,
  };
}

export function seedOf(generations: readonly object[], limits: object = {}): OpenRouterSeed {
  return {
    keys: {
      ordinary: { key: ORDINARY_KEY, account: "me" },
      management: { key: MANAGEMENT_KEY, account: "me", management: true },
    },
    generations,
    limits,
  };
}

export const OPENROUTER_SESSION = "01a1fb65-f104-7c22-9d11-000000000001";

/** Pi's log of one session at OpenRouter: a turn for each id, one minute after the other, from 2026-11-20 10:00 on. */
export async function writeOpenRouterLog(
  home: string,
  ids: readonly string[],
  options: { readonly session?: string; readonly startAt?: number } = {},
): Promise<void> {
  const { session = OPENROUTER_SESSION, startAt = Date.UTC(2026, 10, 20, 10) } = options;
  const turns = ids.map((responseId, index) => {
    const at = new Date(startAt + index * 60_000).toISOString();
    const turn = piTurn({ id: `${index}`, at, provider: "openrouter", model: "anthropic/claude-sonnet-4.6" });
    const { message, ...rest } = turn as { message: object };
    return { ...rest, message: { ...message, responseId } };
  });
  await writeLog(piLogPath(home, session), [piHeader(session), ...turns]);
}

/** Where answers are kept in a home. */
export function evidenceFile(home: string): string {
  return join(home, ".opper/agent/evidence.db");
}
