/** The manual page: all that help lists is in it, and nothing in a definition can steer roff. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { allFlags, type DescribedCommand, describeProgram } from "../src/cli/help/describe_program.ts";
import { COMMANDS } from "../src/cli/commands/registry.ts";
import { typedName } from "../src/cli/arguments/flag.ts";
import { manPage } from "../src/cli/help/man_page.ts";
import { OPERATIONS } from "../src/operations/registry.ts";
import { AGENTS } from "../src/agents/agents.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const commands = await describeProgram({ name: "opper-agent", operations: OPERATIONS, commands: COMMANDS });

Deno.test("the page has every command, flag, argument and example", async () => {
  await withTemporaryDirectory(async (home) => {
    const { code, stdout, stderr } = await runAgent(["man"], { home });
    deepStrictEqual([code, stderr], [0, ""]);
    const page = stdout.replaceAll("\\-", "-").replaceAll("\\fB", "").replaceAll("\\fI", "").replaceAll("\\fR", "");
    for (const command of commands) {
      const [, section = ""] = page.split(`.SS "${command.name}"\n`);
      const own = section.split(/^\.S[SH] /m)[0]!;
      for (const flag of command.flags) match(own, new RegExp(`^(-\\w, )?${typedName(flag)}( |$)`, "m"));
      for (const { placeholder } of command.positionals) ok(own.includes(`\n.I ${placeholder}\n`), placeholder);
      for (const { command: example } of command.examples) ok(own.includes(`\nopper-agent ${example}\n`), example);
    }
    const globals = page.split(".SH FLAGS OF EVERY COMMAND")[1]!;
    for (const flag of allFlags(commands[0]!).filter((flag) => !commands[0]!.flags.includes(flag))) {
      match(globals, new RegExp(`^(-\\w, )?${typedName(flag)}( |$)`, "m"));
    }
    for (const line of stdout.split("\n")) ok(line.length <= 120, line);
  });
});

Deno.test("text of a definition is printed, and steers nothing", () => {
  const command: DescribedCommand = {
    name: "x",
    summary: ".TH at the start",
    usage: ['x "quoted" \\fB'],
    description: `${"word ".repeat(14)}.so /etc/passwd 'tick \\e`,
    positionals: [],
    flags: [],
    takesGlobals: true,
    passesRest: false,
    examples: [{ command: ".x", explains: "'y" }],
  };
  const lines = manPage([command], { program: "p-q", version: "1" }).split("\n");
  for (const line of lines) {
    // Requests are ours alone, and few.
    match(line, /^(?:\.(?:\\"|TH|S[HS]|B|I|TP|PP|nf|fi|RS|RE)(?: |$)|(?![.']))/, line);
  }
  ok(lines.includes("\\&.TH at the start."));
  ok(lines.includes('.B "p\\-q x ""quoted"" \\efB"'));
  ok(lines.includes("\\&'y:"));
});

Deno.test("every variable of an agent is explained", () => {
  const [, environment = ""] = manPage(commands, { program: "x", version: "1" }).split(".SH ENVIRONMENT\n");
  const page = environment.replace(/\s+/g, " ");
  for (const { id, variables } of AGENTS) {
    for (const [name, meaning] of Object.entries(variables)) {
      match(environment, new RegExp(`^\\.B ".*\\b${name}\\b`, "m"), id);
      ok(page.includes(meaning), meaning);
    }
  }
});

async function run(program: string, args: readonly string[], input: string): Promise<string | undefined> {
  return await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "page.1");
    await Deno.writeTextFile(path, input);
    try {
      const output = await new Deno.Command(program, { args: [...args, path] }).output();
      return new TextDecoder().decode(output.stderr) + new TextDecoder().decode(output.stdout);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  });
}

Deno.test("what reads manual pages finds nothing wrong with it, where it is installed", async (t) => {
  const page = manPage(commands, { program: "opper-agent", version: "0.1.0" });
  await t.step("groff", async () => strictEqual(await run("groff", ["-man", "-ww", "-z"], page) ?? "", ""));
  await t.step("mandoc", async () => {
    const said = (await run("mandoc", ["-Tlint"], page) ?? "").trim();
    // A date that is made up would be worse than none.
    match(said, /^(mandoc: .*: WARNING: missing date, using "": TH)?$/);
  });
});
