/** By which path a compiled program is started again. */
import { strictEqual, throws } from "node:assert/strict";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { AgentError } from "../core/errors.ts";
import { lastingPath, pathOfProgram } from "./own_command.ts";

Deno.test("lastingPath", async (t) => {
  await withTemporaryDirectory(async (root) => {
    const program = `${root}/Cellar/opper-agent/1.0.0/bin/opper-agent`;
    await Deno.mkdir(`${root}/Cellar/opper-agent/1.0.0/bin`, { recursive: true });
    for (const directory of ["bin", "other", "empty"]) await Deno.mkdir(`${root}/${directory}`);
    await Deno.writeTextFile(program, "");
    await Deno.writeTextFile(`${root}/other/opper-agent`, "another");
    await Deno.symlink(program, `${root}/bin/opper-agent`);
    const rows: [name: string, program: string, path: string, expected: string][] = [
      ["a link on the path", program, `${root}/empty:${root}/bin`, `${root}/bin/opper-agent`],
      ["behind another program of the name", program, `${root}/other:${root}/bin`, `${root}/bin/opper-agent`],
      ["only another program of the name", program, `${root}/other`, program],
      ["not on the path", program, `${root}/empty:${root}/missing`, program],
      ["no path", program, "", program],
      ["a relative path leads elsewhere tomorrow", program, "bin:.", program],
      ["a program that is gone", `${root}/gone`, `${root}/missing`, `${root}/gone`],
    ];
    for (const [name, program, path, expected] of rows) {
      await t.step(name, () => strictEqual(lastingPath(program, path), expected));
    }
  });
});

Deno.test("a program that was replaced or taken away while it ran", async (t) => {
  await withTemporaryDirectory(async (root) => {
    for (const directory of ["bin", "empty"]) await Deno.mkdir(`${root}/${directory}`);
    for (const name of ["replaced", "strange (deleted)", "bin/opper-agent"]) {
      await Deno.writeTextFile(`${root}/${name}`, "");
    }
    const rows: [name: string, said: string, path: string, expected: string | undefined][] = [
      ["as it was", `${root}/replaced`, "", `${root}/replaced`],
      ["another one in its place", `${root}/replaced (deleted)`, `${root}/bin`, `${root}/replaced`],
      ["a name that looks like it", `${root}/strange (deleted)`, "", `${root}/strange (deleted)`],
      [
        "gone, and installed elsewhere",
        `${root}/gone (deleted)`,
        `${root}/empty:${root}/bin`,
        `${root}/bin/opper-agent`,
      ],
      ["gone", `${root}/gone (deleted)`, `${root}/empty`, undefined],
    ];
    for (const [name, said, path, expected] of rows) {
      await t.step(name, () => {
        if (expected !== undefined) return strictEqual(pathOfProgram(said, path), expected);
        throws(
          () => pathOfProgram(said, path),
          (error) =>
            error instanceof AgentError &&
            error.message === `"${root}/gone", the program that runs here, was removed.`,
        );
      });
    }
  });
});
