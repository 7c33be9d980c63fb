/**
 * Every operation by name, in the order that help shows them. Loads nothing, so that the list of commands is there at
 * once: registry.ts adds how each is loaded. The summaries stand in the definitions as well; tests/operations_test.ts
 * holds the two together.
 */

/** An operation in the list of commands. */
export interface OperationSummary {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Run when no command is named. At most one. */
  readonly isDefault?: boolean;
}

export const OPERATION_SUMMARIES = [
  {
    name: "overview",
    summary: "Show recent cost, warm caches, the latest sessions, and what to type next",
    isDefault: true,
  },
  { name: "sessions", summary: "List sessions with cost, cache hits and cache state" },
  { name: "session", summary: "Show one session: models, cost, cache, forks, misses" },
  { name: "cost", summary: "Add up cost and tokens by day, model, project and more" },
  { name: "misses", summary: "List lost caches: when, why, and what they cost" },
  { name: "cache", summary: "Show what is warm now, what it is worth, and how long caches live" },
  { name: "advise", summary: "Show what other cache settings would have cost" },
  { name: "doctor", summary: "Show which directories were read, what could not be read, and the state of the index" },
  { name: "enrich", summary: "Ask OpenRouter what its turns cost, and who served them" },
  { name: "reconcile", summary: "Hold what your logs add up to against a gateway's bill" },
  { name: "traces", summary: "List the traces that launches opened at Opper" },
  { name: "recover", summary: "Clean up after a launch that was killed" },
  { name: "login", summary: "Store an Opper API key" },
  { name: "logout", summary: "Forget a stored API key" },
  { name: "whoami", summary: "Show which API key is used, and whether it is accepted" },
  { name: "configure", summary: "Add Opper to an agent's own providers, for use without launch" },
  { name: "unconfigure", summary: "Undo configure" },
  { name: "config", summary: "Show or change your defaults" },
] as const satisfies readonly OperationSummary[];
