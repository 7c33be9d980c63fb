/**
 * Reads the id of a model. Clients, clouds and gateways write one model in many ways; prices and cache rules are kept
 * under its maker's own name.
 *
 * Rules alone, and no likeness: an id that no rule reads keeps its own name, under which nothing is known.
 */

/** What an id says. */
export interface ModelName {
  /** Who made it, where the id or the name itself says so: `anthropic`, `openai`, `z-ai`. */
  readonly vendor?: string;
  /**
   * In lower case. Of Claude's models their maker's own spelling without date (`claude-opus-4-6`, `claude-3-5-haiku`), or
   * `claude-opus-latest` where the id names no version. Of others what is left of the id without prefixes and variants.
   */
  readonly name: string;
  /** `gpt` has OpenAI's numbered models, `o3` and the like not. */
  readonly family?: "claude" | "gpt";
  /** Numbers, not text: 5.10 comes after 5.6. */
  readonly version?: { readonly major: number; readonly minor: number };
  /** Claude's tier, `opus`. */
  readonly tier?: string;
  /** Day of a Claude model, `YYYYMMDD`. */
  readonly date?: string;
  /** Where Bedrock keeps the request to: `us`, `global`. */
  readonly geography?: string;
  /** Written as Bedrock does, vendor and dot first. */
  readonly isBedrock?: true;
  /** Claude at its raised speed and price. */
  readonly isFast?: true;
  /** A router's variant that costs nothing. */
  readonly isFree?: true;
  /** The id of something that somebody set up, which does not say what model it runs. */
  readonly isOpaque?: true;
}

/** What paths hold beside the model and its maker: cloud resources and the names of routers (LiteLLM's, OpenRouter's). */
const PATH_WORDS = new Set([
  "accounts",
  "azure",
  "azure_ai",
  "bedrock",
  "converse",
  "invoke",
  "litellm_proxy",
  "models",
  "openrouter",
  "publishers",
  "vertex_ai",
]);

/** Source: AWS, "Supported Regions and models for inference profiles", and pi-ai's list of 2026-11-10. */
const BEDROCK =
  /^(?:(us|eu|au|jp|in|ca|apac|global|us-gov)\.)?(anthropic|openai|amazon|meta|mistral|deepseek|qwen|google|minimax|moonshotai?|zai|xai|nvidia|writer|cohere|ai21)\.(.+)$/;

/** AWS' regions for the government, in a path or an ARN. */
const GOVERNMENT = /(?:^|[/:])(?:aws-us-gov:|us-gov-(?:east|west)-\d[/:])/;

/** Variants that cost what the model does, but for `:free`: how it runs, and among which hosts OpenRouter chooses. */
const VARIANTS = /(?:\[1m\]|:(?:thinking|beta|free|nitro|floor|exacto))$/;

/** What may follow a Claude model: Bedrock's version, Vertex's words, a date, and what asks for a way to run it. */
const CLAUDE_SUFFIX =
  /(?:-v\d+(?::\d+(?::\d+k)?)?|[-@](?:latest|default)|[-@](20\d{6})|-(20\d\d-\d\d-\d\d)|-thinking|-(fast)|\[1m\]|[-:]1m|:(?:thinking|beta|free|nitro|floor|exacto))$/;

// Literals that each name all tiers: what is made by a call stays in a page that uses none of it.
const TIER_FIRST = /^claude-(opus|sonnet|haiku|fable|mythos|instant)-(\d{1,2})(?:[-.](\d{1,2}))?$/;
const NUMBER_FIRST = /^claude-(\d{1,2})(?:[-.](\d{1,2}))?-(opus|sonnet|haiku|fable|mythos|instant)$/;
const TIER_ALONE = /^(?:claude-)?(opus|sonnet|haiku|fable|mythos|instant)$/;

/** Whose models are called so, for ids that do not say it. */
const VENDORS: readonly (readonly [name: RegExp, vendor: string])[] = [
  [/^(?:gpt-|chatgpt-|codex-|o\d(?:-|$))/, "openai"],
  [/^gemini-/, "google"],
  [/^grok-/, "x-ai"],
];

/** Takes the id apart that a client or a cloud gave to a model. What is not told by it is left out. */
export function readModelName(model: string): ModelName {
  let id = model.trim().toLowerCase().replace(/^~/, "");
  const isGovernment = GOVERNMENT.test(id);
  if (id.startsWith("arn:")) {
    const resource = /:(?:inference-profile|foundation-model)\/(.+)$/.exec(id)?.[1];
    if (resource === undefined) return { name: id, isOpaque: true };
    id = resource;
  }
  const path = id.split("/");
  id = path.pop()!;
  let vendor = path.findLast((word) => word !== "" && !PATH_WORDS.has(word));
  // A gateway's way to write a path (SAP's AI Core).
  const dashed = /^([a-z]+)--(.+)$/.exec(id);
  if (dashed !== null) [, vendor, id] = dashed as unknown as [string, string, string];
  const bedrock = BEDROCK.exec(id);
  const found = {
    ...(bedrock === null ? {} : isGovernment ? { geography: "us-gov" } : geographyOf(bedrock[1])),
    ...(bedrock === null ? {} : { isBedrock: true as const }),
    ...(id.endsWith(":free") ? { isFree: true as const } : {}),
  };
  if (bedrock !== null) [vendor, id] = [bedrock[2], bedrock[3]!];

  const claude = readClaude(id);
  if (claude !== undefined) return { vendor: "anthropic", ...claude, ...found };

  while (VARIANTS.test(id)) id = id.replace(VARIANTS, "");
  vendor ??= VENDORS.find(([name]) => name.test(id))?.[1];
  return { ...(vendor === undefined ? {} : { vendor }), name: id, ...readGpt(id), ...found };
}

function geographyOf(geography: string | undefined): Pick<ModelName, "geography"> {
  return geography === undefined ? {} : { geography };
}

/** Whether the model is one of Anthropic's, whoever serves it. */
export function isClaude(model: string): boolean {
  // Asked for every model by every answer; the rules take longer to compile than to apply.
  if (model.startsWith("claude-")) return true;
  return MAY_BE_CLAUDE.test(model) && readModelName(model).family === "claude";
}

/**
 * Whether a model's thoughts are part of the next prompt while tools are at work, by documents of who makes it (Anthropic's
 * extended thinking, OpenAI's reasoning, 2026-11). Of other models it is not known, or depends on who asks.
 */
export function keepsThoughtsOf({ provider, model }: { readonly provider: string; readonly model: string }): boolean {
  return isClaude(model) || /^(?:openai|azure)/.test(provider);
}

const MAY_BE_CLAUDE = /claude|opus|sonnet|haiku|fable|mythos|instant/i;

/** @param id Without what comes before the model */
function readClaude(id: string): Omit<ModelName, "vendor"> | undefined {
  if (!/^(?:claude-|claude$)/.test(id) && !TIER_ALONE.test(id.replace(/\[1m\]$/, ""))) return undefined;
  let name = id;
  const found: { date?: string; isFast?: true } = {};
  for (let suffix = CLAUDE_SUFFIX.exec(name); suffix !== null; suffix = CLAUDE_SUFFIX.exec(name)) {
    name = name.slice(0, suffix.index);
    const date = suffix[1] ?? suffix[2]?.replaceAll("-", "");
    if (date !== undefined) found.date = date;
    if (suffix[3] !== undefined) found.isFast = true;
  }
  const family = "claude";
  const alone = TIER_ALONE.exec(name);
  if (alone !== null) return { name: `claude-${alone[1]}-latest`, family, tier: alone[1], ...found };
  const first = TIER_FIRST.exec(name);
  const parts = first ?? NUMBER_FIRST.exec(name);
  if (parts === null) return { name, family, ...found };
  const [tier, major, minor] = first === null ? [parts[3]!, parts[1]!, parts[2]] : [parts[1]!, parts[2]!, parts[3]];
  const version = { major: Number(major), minor: Number(minor ?? 0) };
  const number = version.minor === 0 ? `${version.major}` : `${version.major}-${version.minor}`;
  // Anthropic has put the number behind since Claude 4.
  return {
    name: version.major < 4 ? `claude-${number}-${tier}` : `claude-${tier}-${number}`,
    family,
    version,
    tier,
    ...found,
  };
}

/** Family and version of a GPT; nothing for another model. */
export function readGpt(name: string): Pick<ModelName, "family" | "version"> {
  const gpt = /^gpt-(\d+)(?:\.(\d+))?(?![\d.])/.exec(name);
  if (gpt === null) return {};
  // Azure writes 3.5 as 35.
  if (gpt[1] === "35") return { family: "gpt", version: { major: 3, minor: 5 } };
  return { family: "gpt", version: { major: Number(gpt[1]), minor: Number(gpt[2] ?? 0) } };
}

/** The day of a model, where it ends the name. */
const DATED = /[-@](?:20\d{6}|20\d\d-\d\d-\d\d)$/;

/**
 * What a model may be called where there is no room, the longest first: `anthropic/claude-opus-4-5-20251101` without its
 * provider, then without its date, then as `opus-4-5`. For people alone: several models may have one of these.
 */
export function shorterModelNames(model: string): readonly string[] {
  const id = model.replace(/^.*\/(?=.)/, "");
  const undated = id.replace(DATED, "");
  return [id, undated, undated.replace(/^claude-/, "")];
}
