/** In which order and under which titles commands are listed: help, man page, completions and the guide follow it. */

/** Commands of one purpose. */
interface CommandGroup {
  readonly title: string;
  /** The likelier one is wanted, the further in front. */
  readonly commands: readonly string[];
}

/** Every command of the registries, once (command_groups_test.ts). */
const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    title: "Ask",
    commands: [
      ...["overview", "sessions", "session", "cost", "misses", "cache"],
      ...["limits", "advise", "enrich", "reconcile", "export", "doctor"],
    ],
  },
  { title: "Live", commands: ["dashboard", "watch", "statusline"] },
  { title: "Launch", commands: ["launch", "traces", "recover"] },
  {
    title: "Set up",
    commands: [
      ...["config", "mcp", "login", "whoami", "logout"],
      ...["configure", "unconfigure", "key", "completions", "man"],
    ],
  },
  { title: "Help", commands: ["help", "version"] },
];

/**
 * Commands by group, in the order of {@linkcode COMMAND_GROUPS}; groups without one are left out. What stands in none
 * comes last.
 */
export function groupCommands<C extends { readonly name: string }>(
  commands: readonly C[],
): readonly { readonly title: string; readonly commands: readonly C[] }[] {
  const groups = COMMAND_GROUPS.map(({ title, commands: names }) => ({
    title,
    commands: names.flatMap((name) => commands.filter((command) => command.name === name)),
  }));
  const known = new Set(COMMAND_GROUPS.flatMap(({ commands }) => commands));
  const others = { title: "More", commands: commands.filter(({ name }) => !known.has(name)) };
  return [...groups, others].filter(({ commands }) => commands.length > 0);
}
