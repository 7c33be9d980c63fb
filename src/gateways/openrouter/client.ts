/**
 * OpenRouter's API, as far as this program asks it: a key, one generation, many of them, and days of an account. Prompts and
 * answers (`/generation/content`) are never asked for.
 *
 * Reads answers without trusting them. No redirect is followed: a key goes to the host that it is for, and to no other.
 * Source: OpenRouter's OpenAPI file of 2026-08-22, its documentation of analytics of 2026-07, its SDK of 2026-09-23.
 */
import { createHash } from "node:crypto";
import { AgentError } from "../../core/errors.ts";
import type { GenerationEvidence } from "../../core/evidence.ts";
import { isRecord } from "../../core/json/is_record.ts";
import type { DurationMs, EpochMs, Tokens, Usd } from "../../core/model.ts";
import { isoTime } from "../../core/iso_time.ts";
import { numberOf, rowsOf, textField, timeField } from "../json_fields.ts";
import { type GatewayHints, noAnswer, requestJson } from "../request_json.ts";
import { readGeneration, readQueriedGeneration } from "./read_generation.ts";

/** Whom to ask, as whom, and for how long. */
export interface OpenRouterClientOptions {
  /** As from `openRouterHost`: `https://openrouter.ai/api/v1`. */
  readonly host: string;
  readonly apiKey: string;
  /** Where the key is from, for people: `Pi's auth.json`. */
  readonly origin: string;
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch;
  /** For one call, its answer included. @default {8000} */
  readonly timeoutMs?: DurationMs;
}

/** What OpenRouter says of a key. Absent: it did not say. */
export interface OpenRouterKeyUsage {
  /** The key with its middle left out, as OpenRouter writes it, unless somebody gave it a name. */
  readonly label?: string;
  /** Charged to this key, in all, and in the UTC day, week (from Monday) and month that run. */
  readonly usd?: Usd;
  readonly dayUsd?: Usd;
  readonly weekUsd?: Usd;
  readonly monthUsd?: Usd;
  /** Charged by upstreams themselves, to keys of the person's own. */
  readonly byokUsd?: Usd;
  readonly byokDayUsd?: Usd;
  readonly byokWeekUsd?: Usd;
  readonly byokMonthUsd?: Usd;
  readonly limitUsd?: Usd;
  readonly limitLeftUsd?: Usd;
  /** `daily`, `weekly` or `monthly`. */
  readonly limitReset?: string;
  readonly isManagement?: boolean;
  readonly isFreeTier?: boolean;
  readonly expiresAt?: EpochMs;
}

/** One UTC day of one model at one upstream. Absent: it did not say. */
export interface OpenRouterActivity {
  /** `2026-11-20` */
  readonly day: string;
  /** As it is asked for: `anthropic/claude-sonnet-4.6`. */
  readonly model?: string;
  /** As {@linkcode GenerationEvidence.model} is: `anthropic/claude-4.6-sonnet-20260217`. */
  readonly permaslug?: string;
  readonly upstream?: string;
  readonly usd?: Usd;
  readonly byokUsd?: Usd;
  readonly requests?: number;
  readonly promptTokens?: Tokens;
  readonly completionTokens?: Tokens;
  readonly reasoningTokens?: Tokens;
}

/** Which generations are asked for together. */
export interface GenerationQuery {
  /** At most {@linkcode MOST_QUERIED}. */
  readonly ids: readonly string[];
  readonly since: EpochMs;
  /** Not included. At most 31 days after `since`. */
  readonly until: EpochMs;
}

/** Asks one host with one key. Remembers nothing, and tries nothing twice. */
export interface OpenRouterClient {
  readonly host: string;
  readonly origin: string;
  /** Tells keys apart, by host; never the key. */
  readonly keyFingerprint: string;
  /** @throws {GatewayError} */
  readKey(): Promise<OpenRouterKeyUsage>;
  /**
   * @returns in words, why the answer is none about this response
   * @throws {GatewayError} also for one that OpenRouter does not know (404), and one of another account (403)
   */
  readGeneration(id: string, signal?: AbortSignal): Promise<GenerationEvidence | string>;
  /** For a management key. Those that OpenRouter does not know are missing. @throws {GatewayError} */
  queryGenerations(query: GenerationQuery): Promise<readonly GenerationEvidence[]>;
  /** For a management key: the last 30 days that are over. @param day `2026-11-20` @default all @throws {GatewayError} */
  listActivity(day?: string): Promise<readonly OpenRouterActivity[]>;
}

/** Rows that one query answers with. */
export const MOST_QUERIED = 10_000;

const KEY_MEGABYTES = 1;
const GENERATION_MEGABYTES = 1;
/** Ten thousand rows of some hundred bytes, and a month of days. */
const LIST_MEGABYTES = 16;

/** Asks nothing yet. */
export function createOpenRouterClient(options: OpenRouterClientOptions): OpenRouterClient {
  const { host, apiKey, origin, timeoutMs = 8_000 } = options;
  const hints: GatewayHints = {
    host: "Check OPENROUTER_BASE_URL, where it is set.",
    key: `The key is from ${origin}. Set OPENROUTER_API_KEY to one that OpenRouter accepts.`,
  };
  const call = async (path: string, maximumMegabytes: number, more: { body?: unknown; signal?: AbortSignal } = {}) => {
    const send = options.fetch ?? fetch;
    return await requestJson(path, {
      host,
      apiKey,
      timeoutMs,
      maximumMegabytes,
      code: "failed",
      followsRedirects: false,
      hints,
      body: more.body,
      fetch: (url, init) => send(url, { ...init, signal: joinSignals(init?.signal, more.signal) }),
    });
  };
  const notGiven = (wanted: string) => noAnswer(wanted, host, "failed", hints);
  return {
    host,
    origin,
    keyFingerprint: createHash("sha256").update(`${host}\n${apiKey}`).digest("hex").slice(0, 16),

    async readKey() {
      const answer = await call("/key", KEY_MEGABYTES);
      const data = isRecord(answer) ? answer["data"] : undefined;
      if (!isRecord(data)) throw notGiven("what a key has used");
      return readKeyUsage(data);
    },

    async readGeneration(id, signal) {
      return readGeneration(
        id,
        await call(`/generation?id=${encodeURIComponent(id)}`, GENERATION_MEGABYTES, { signal }),
      );
    },

    async queryGenerations({ ids, since, until }) {
      const body = {
        metrics: ["credits_usage", "byok_usage", "cached_tokens"],
        dimensions: ["generation_id", "provider"],
        filters: [{ field: "generation_id", operator: "in", value: ids }],
        time_range: { start: isoTime(since), end: isoTime(until) },
        limit: MOST_QUERIED,
      };
      const answer = await call("/analytics/query", LIST_MEGABYTES, { body });
      const data = isRecord(answer) && isRecord(answer["data"]) ? rowsOf(answer["data"]["data"]) : undefined;
      if (data === undefined) throw notGiven("a list of generations");
      const asked = new Set(ids);
      const read = data.map(readQueriedGeneration).filter((row) => row !== undefined && asked.has(row.id));
      // A failover may have a row for each upstream: which of them to believe is not for us to say.
      const byId = Map.groupBy(read as GenerationEvidence[], ({ id }) => id);
      return [...byId.values()].filter((rows) => rows.length === 1).map(([row]) => row!);
    },

    async listActivity(day) {
      const answer = await call(day === undefined ? "/activity" : `/activity?date=${day}`, LIST_MEGABYTES);
      const rows = isRecord(answer) ? rowsOf(answer["data"]) : undefined;
      if (rows === undefined) throw notGiven("a list of days");
      return rows.flatMap((row): OpenRouterActivity[] => {
        const day = /^\d{4}-\d\d-\d\d/.exec(textField(row["date"]) ?? "")?.[0];
        return day === undefined ? [] : [{
          day,
          model: textField(row["model"]),
          permaslug: textField(row["model_permaslug"]),
          upstream: textField(row["provider_name"]),
          usd: numberOf(row["usage"]),
          byokUsd: numberOf(row["byok_usage_inference"]),
          requests: numberOf(row["requests"]),
          promptTokens: numberOf(row["prompt_tokens"]),
          completionTokens: numberOf(row["completion_tokens"]),
          reasoningTokens: numberOf(row["reasoning_tokens"]),
        }];
      });
    },
  };
}

function readKeyUsage(data: Readonly<Record<string, unknown>>): OpenRouterKeyUsage {
  const flag = (value: unknown) => typeof value === "boolean" ? value : undefined;
  return {
    label: textField(data["label"]),
    usd: numberOf(data["usage"]),
    dayUsd: numberOf(data["usage_daily"]),
    weekUsd: numberOf(data["usage_weekly"]),
    monthUsd: numberOf(data["usage_monthly"]),
    byokUsd: numberOf(data["byok_usage"]),
    byokDayUsd: numberOf(data["byok_usage_daily"]),
    byokWeekUsd: numberOf(data["byok_usage_weekly"]),
    byokMonthUsd: numberOf(data["byok_usage_monthly"]),
    limitUsd: numberOf(data["limit"]),
    limitLeftUsd: numberOf(data["limit_remaining"]),
    limitReset: textField(data["limit_reset"]),
    isManagement: flag(data["is_management_key"]),
    isFreeTier: flag(data["is_free_tier"]),
    expiresAt: timeField(data["expires_at"]),
  };
}

function joinSignals(...signals: readonly (AbortSignal | null | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== null && signal !== undefined));
}

/** The host of everybody who names no other. */
const PUBLIC_HOST = "https://openrouter.ai/api/v1";
const OPENROUTER_HOST_VARIABLE = "OPENROUTER_BASE_URL";

/**
 * Whom to ask, without `/` at the end.
 *
 * @throws {AgentError} failed, when the variable holds no URL that a key may be sent to
 */
export function openRouterHost(env: Readonly<Record<string, string | undefined>>): string {
  const said = env[OPENROUTER_HOST_VARIABLE]?.trim();
  if (!said) return PUBLIC_HOST;
  const url = URL.parse(said);
  const isPlain = url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  const isLoopback = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (!isPlain || !(url.protocol === "https:" || (url.protocol === "http:" && isLoopback))) {
    // The value is not repeated: a key or password may have been typed into it.
    throw new AgentError(
      "failed",
      `${OPENROUTER_HOST_VARIABLE} holds no address that a key may be sent to: expected https://, a host and a path.`,
      { hint: `For example: ${PUBLIC_HOST}. Without https a key goes to this machine alone.` },
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}
