/**
 * What the documents say that the program knows itself: tables from the registries, and answers of commands. Each stands
 * between `<!-- generated:NAME -->` and `<!-- /generated -->`, or behind `<!-- transcript: ARGUMENTS -->`; docs_test.ts
 * compares, and with `--update` rewrites.
 */
import { COMMANDS } from "../../src/cli/commands/registry.ts";
import { groupCommands } from "../../src/cli/help/command_groups.ts";
import { STRATEGY_RULES } from "../../src/core/cache/strategies.ts";
import { OPERATIONS } from "../../src/operations/registry.ts";
import type { LoggedAgent } from "../../src/agents/agent.ts";
import type { McpClient } from "../../src/agents/mcp_client.ts";
import { AGENTS, LOGGED_AGENTS } from "../../src/agents/agents.ts";
import { makeMachine } from "../../src/host/environment.ts";
import {
  jsonReference,
  promptReference,
  resourceReference,
  toolReference,
  variableReference,
} from "./generated_reference.ts";
import { code, table } from "./markdown_table.ts";

/** Texts by name, in Markdown as `deno fmt` lays it out, without a line feed at the end. */
export const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  commands: () =>
    table(
      ["", "command", "what it does"],
      groupCommands([...OPERATIONS, ...COMMANDS.filter(({ hidden }) => !hidden)]).flatMap(({ title, commands }) =>
        commands.map(({ name, summary }, index) => [index === 0 ? title : "", code(name), summary])
      ),
    ),
  sources: () =>
    table(
      ["source", "written by", "directories", "also set by"],
      LOGGED_AGENTS.map((agent) => {
        const { directories, files, variables: asked } = askedFor(agent);
        const variables = Object.keys(agent.variables).filter((name) => asked.includes(name));
        return [
          code(agent.id),
          agent.title,
          directories.map(code).join(", "),
          [...variables.map((name) => code(`$${name}`)), ...files.map(code)].join(", "),
        ];
      }),
    ),
  clients: async () =>
    table(
      ["`mcp install`", "agent", "file"],
      await Promise.all(
        AGENTS.filter(({ mcpClient }) => mcpClient !== undefined).map(async ({ id, title, mcpClient }) => [
          code(id),
          title,
          filesOf(await mcpClient!()).map(code).join(", "),
        ]),
      ),
    ),
  formats: () =>
    table(
      ["agent", "page", "versions whose logs were seen"],
      LOGGED_AGENTS.map(({ id, title, checkedWith }) => [title, `[${id}.md](${id}.md)`, checkedWith.join(", ")]),
    ),
  strategies: () =>
    table(
      ["provider", "models", "strategy", "rests on"],
      STRATEGY_RULES.map(({ providers, models, strategy, source }) => [providers, models, code(strategy.id), source]),
    ),
  tools: toolReference,
  resources: resourceReference,
  prompts: promptReference,
  json: jsonReference,
  variables: variableReference,
};

/** The file of a client without any variable, on Linux, macOS and Windows where they differ. */
function filesOf({ file }: McpClient): readonly string[] {
  const systems = ["linux", "darwin", "windows"] as const;
  const files = systems.map((os) => file({ ...makeMachine({ home: "/home/you", cwd: "/where/you/are" }), os }));
  return [...new Set(files.map((path) => path.replace("/home/you", "~")))];
}

/** Where an agent's logs are looked for, and what it asks to know that: variables, and files of settings. */
export function askedFor({ logs }: LoggedAgent) {
  const variables = new Set<string>();
  const files = new Set<string>();
  const roots = logs.roots(makeMachine({
    home: "/home/you",
    cwd: "/where/you/are",
    env: new Proxy({}, {
      get(_target, name) {
        variables.add(String(name));
        return undefined;
      },
    }),
    readTextFile(path) {
      files.add(path);
      return undefined;
    },
  }));
  const short = (path: string) => path.replace("/home/you", "~").replace("/where/you/are/", "");
  return { directories: roots.map(short), variables: [...variables], files: [...files].map(short) };
}
