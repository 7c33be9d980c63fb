/**
 * Help is easy to read: the rules for sentences (support/prose.ts) hold for all that it says of every operation and
 * command, flags and examples included. The texts are taken from the definitions, so that a new command is held to them
 * as well; short phrases, such as those of flags, are read as sentences.
 */
import { deepStrictEqual, ok } from "node:assert/strict";
import { GLOBAL_FLAGS } from "../src/cli/arguments/flag.ts";
import { COMMANDS } from "../src/cli/commands/registry.ts";
import { describeProgram } from "../src/cli/help/describe_program.ts";
import { programHelp } from "../src/cli/help/help.ts";
import { ENVIRONMENT, FILES, STATUS } from "../src/cli/help/man_page.ts";
import { OPERATIONS } from "../src/operations/registry.ts";
import { faultsOf, sentencesOf } from "./support/prose.ts";

const described = await describeProgram({ name: "opper-agent", operations: OPERATIONS, commands: COMMANDS });

Deno.test("help of every command is in short sentences and plain words", async (t) => {
  ok(described.length >= 20, `only ${described.length} were found`);
  for (const { name, summary, description, notes, flags, positionals, examples } of described) {
    await t.step(name, () => {
      deepStrictEqual(
        faultsIn([
          summary,
          description,
          // Behind the sentence, a list of fields.
          ...notes?.split("\n") ?? [],
          ...[...flags, ...positionals].map((flag) => flag.description),
          ...examples.map(({ explains }) => explains),
        ]),
        [],
      );
    });
  }
});

Deno.test("so is what help and the manual page say of the program as a whole", () => {
  const [introduction] = programHelp([], { program: "opper-agent", width: 100 }).split("\n\n");
  const rows = [...ENVIRONMENT, ...FILES, ...STATUS].map(([, meaning]) => meaning);
  deepStrictEqual(faultsIn([introduction!, ...GLOBAL_FLAGS.map(({ description }) => description), ...rows]), []);
});

function faultsIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap(sentencesOf).flatMap((sentence) => faultsOf(sentence).map((fault) => `${fault}: ${sentence}`));
}
