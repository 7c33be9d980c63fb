/** What Claude Code's assistant lines say was used, and who bills it. */
import { type TokenUsage, totalTokens } from "../../core/model.ts";
import { type Fields, isFields, textOf } from "./claude_fields.ts";

/** No model reads or writes as much in one response; more is a broken line. */
const MAX_TOKENS_PER_RESPONSE = 1e9;

/**
 * The five counts out of Anthropic's usage object (Messages API, 2026-11-20), in which they are disjoint already; or why
 * it cannot be used.
 *
 * Where the lifetimes in `cache_creation` do not add up to `cache_creation_input_tokens` the latter wins, since it is
 * what every version wrote: one-hour writes are taken up to it, and the rest is five-minute writes. Without lifetimes
 * (old versions) the one that was requested decides, else five minutes.
 */
export function usageOf(usage: Fields, requestedTtl: unknown): TokenUsage | string {
  const split = isFields(usage.cache_creation) ? usage.cache_creation : undefined;
  const input = countOf("input_tokens", usage.input_tokens);
  const cacheRead = countOf("cache_read_input_tokens", usage.cache_read_input_tokens);
  const output = countOf("output_tokens", usage.output_tokens);
  const written = countOf("cache_creation_input_tokens", usage.cache_creation_input_tokens);
  const written1h = countOf("ephemeral_1h_input_tokens", split?.ephemeral_1h_input_tokens);
  const written5m = countOf("ephemeral_5m_input_tokens", split?.ephemeral_5m_input_tokens);
  if (typeof input === "string") return input;
  if (typeof cacheRead === "string") return cacheRead;
  if (typeof output === "string") return output;
  if (typeof written === "string") return written;
  if (typeof written1h === "string") return written1h;
  if (typeof written5m === "string") return written5m;
  const total = written ?? (written1h ?? 0) + (written5m ?? 0);
  const cacheWrite1h = split === undefined ? (requestedTtl === "1h" ? total : 0) : Math.min(written1h ?? 0, total);
  return {
    input: input ?? 0,
    cacheRead: cacheRead ?? 0,
    cacheWrite: total - cacheWrite1h,
    cacheWrite1h,
    output: output ?? 0,
  };
}

/** A count, undefined where the log has none, or what is wrong with it. */
function countOf(name: string, count: unknown): number | undefined | string {
  if (count === undefined || count === null) return undefined;
  if (typeof count === "number" && Number.isInteger(count) && count >= 0 && count <= MAX_TOKENS_PER_RESPONSE) {
    return count;
  }
  const value = typeof count === "number"
    ? count
    : typeof count === "string"
    ? `"${count.slice(0, 40)}"`
    : typeof count;
  return `Count "${name}" is ${value}, expected a whole number of tokens; the response is not counted`;
}

/**
 * Requests that the API made to an advisor model while it responded. They are billed at that model's price and are not
 * inside the response's own counts (Anthropic's documentation of the advisor tool, "Usage and billing"; example lines in
 * ccusage's issue 1115, 2026-05-22).
 */
export function adviceOf(usage: Fields): { calls: { model: string; usage: TokenUsage }[]; problem?: string } {
  const calls: { model: string; usage: TokenUsage }[] = [];
  let problem: string | undefined;
  for (const iteration of Array.isArray(usage.iterations) ? usage.iterations : []) {
    if (!isFields(iteration) || iteration.type !== "advisor_message") continue;
    const counts = usageOf(iteration, undefined);
    if (typeof counts === "string") problem = counts;
    else if (totalTokens(counts) > 0) calls.push({ model: textOf(iteration.model) ?? "unknown", usage: counts });
  }
  return { calls, problem };
}

/**
 * The model as it is billed and cached. In fast mode it costs a multiple, and reads nothing that the same model cached at
 * its usual speed: it is a model of its own, by the name that gateways and ccusage give it. `speed` says what was served,
 * also where another was asked for (Anthropic's documentation of fast mode, 2026-11).
 */
export function modelOf(model: unknown, speed: unknown): string {
  const name = textOf(model) ?? "unknown";
  return speed === "fast" && !name.endsWith("-fast") ? `${name}-fast` : name;
}

/** Who bills: Anthropic, unless the model's or the message's id is of a form that only a cloud's endpoint gives out. */
export function providerOf(model: string, messageId: string | undefined): string {
  if (messageId?.startsWith("msg_bdrk_") || /^arn:[\w-]+:bedrock:|^([a-z-]+\.)?anthropic\./.test(model)) {
    return "amazon-bedrock";
  }
  if (messageId?.startsWith("msg_vrtx_") || /^claude-[^@]+@|\/publishers\/anthropic\//.test(model)) {
    return "google-vertex";
  }
  return "anthropic";
}
