/** What `advise` can be asked about. */

/** Lifetimes; pings; what stands in front of every prompt; and the models of what is not the conversation itself. */
export const ADVICE_TOPICS = ["cache", "keep-alive", "context", "models"] as const;
export type AdviceTopic = (typeof ADVICE_TOPICS)[number];

/** The conversation, and what it hands work to. */
export const ADVICE_ROLES = ["main", "sub"] as const;
