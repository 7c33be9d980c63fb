/** Every command by name, in the order that help shows them behind the operations. Loads nothing; commands/registry.ts adds how to. */

/** A command in the list of commands. */
export interface CommandSummary {
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Not listed: for programs, not for people. @default false */
  readonly hidden?: boolean;
}

export const COMMAND_SUMMARIES = [
  { name: "watch", summary: "Watch sessions as they are written, and warm caches counting down" },
  { name: "dashboard", summary: "Show warm caches, cost and sessions as a page in the browser" },
  { name: "statusline", summary: "Show one line for a shell prompt or an agent's status line, at once" },
  { name: "export", summary: "Write one row a turn, for a team's DuckDB, ClickHouse, PostgreSQL or collector" },
  { name: "launch", summary: "Start an agent with its model calls routed through Opper, one trace a session" },
  { name: "mcp", summary: "Serve these answers to agents over the Model Context Protocol" },
  { name: "key", summary: "Print a stored API key, for a program that asks for it" },
  { name: "completions", summary: "Print completions for bash, zsh or fish" },
  { name: "man", summary: "Print the manual page" },
  { name: "complete", summary: "Answer a completion script", hidden: true },
] as const satisfies readonly CommandSummary[];
