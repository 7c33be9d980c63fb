/** The gateway's models in Pi's words: for its extension, and for its `models.json`. */
import type { CatalogueModel } from "../../core/catalogue_model.ts";

/** Levels as Pi calls them, and as the gateway does. */
const THINKING_LEVELS: readonly (readonly [pi: string, gateway: string])[] = [
  ["off", "none"],
  ["minimal", "minimal"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "xhigh"],
  ["max", "max"],
];

/** A model as `registerProvider` takes it (Pi's docs/custom-provider.md, read in 0.74.2 and 1.5.2 on 2026-11-21). */
interface PiModel {
  readonly id: string;
  readonly name: string;
  readonly reasoning: boolean;
  /** A level that the model cannot do is null, and Pi does not offer it. */
  readonly thinkingLevelMap?: Readonly<Record<string, string | null>>;
  readonly input: readonly ("text" | "image")[];
  /** US dollars per million tokens. */
  readonly cost: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
  };
  readonly contextWindow: number;
  readonly maxTokens: number;
  readonly compat: Readonly<Record<string, unknown>>;
}

/** A model of the catalogue as Pi has it in its settings, and takes it from an extension. */
export function piModel(model: CatalogueModel): PiModel {
  const levels = model.reasoning.filter((level) => level !== "none");
  return {
    id: model.id,
    name: model.name ?? model.id,
    reasoning: levels.length > 0,
    ...(levels.length === 0 ? {} : {
      thinkingLevelMap: Object.fromEntries(
        THINKING_LEVELS.map(([ours, theirs]) => [ours, model.reasoning.includes(theirs) ? theirs : null]),
      ),
    }),
    input: model.vision ? ["text", "image"] : ["text"],
    cost: piCost(model.price),
    contextWindow: model.contextWindow,
    maxTokens: model.maxOutputTokens,
    compat: {
      // The gateway speaks the common part of the protocol to every vendor behind it.
      supportsDeveloperRole: false,
      supportsStore: false,
      // Without this Pi sets no cache markers through this protocol, and Claude caches nothing.
      ...(/claude/i.test(model.id) ? { cacheControlFormat: "anthropic" } : {}),
    },
  };
}

/**
 * Pi has no word for an unknown price: all zeros is how it writes one, and how the scan reads it. A cache price that is
 * not listed is that of ordinary input.
 */
function piCost({ input, output, cacheRead, cacheWrite }: CatalogueModel["price"]): PiModel["cost"] {
  if (input === undefined || output === undefined) return { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  return { input, output, cacheRead: cacheRead ?? input, cacheWrite: cacheWrite ?? input };
}
