/** Looking programs up among real files. */
import { strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { AgentError } from "../core/errors.ts";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { writeProgram } from "../../tests/support/write_program.ts";
import { findProgram } from "./find_program.ts";

Deno.test("programs are looked up in PATH", async () => {
  await withTemporaryDirectory(async (directory) => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => join(directory, name)) as [string, string, string, string];
    for (const path of [a, b, c, d]) await Deno.mkdir(path);
    // A directory of that name, a file without the right to run, a program, and a link to a program that is us.
    await Deno.mkdir(join(a, "pi"));
    await writeProgram(join(b, "pi"), "#!/bin/sh\n", 0o644);
    const found = await writeProgram(join(c, "pi"), "#!/bin/sh\n");
    const us = await writeProgram(join(directory, "opper-agent"), "#!/bin/sh\n");
    await Deno.symlink(us, join(d, "pi"));
    const find = (path: string) => findProgram("pi", { env: { PATH: path }, cwd: directory, skip: [us] });
    strictEqual(find([a, b, c].join(":")), found);
    strictEqual(find([d, c].join(":")), found);
    strictEqual(find(`:${a}:${directory}/gone:${d}`), undefined);
    strictEqual(find("c"), found);
    throws(
      () => find([a, b].join(":")),
      (error) => error instanceof AgentError && error.code === "launch_not_executable",
    );
    strictEqual(findProgram("pi", { env: {}, cwd: directory, skip: [] }), undefined);
  });
});
