/**
 * A process that exports into a directory at a time that it is told, and kills itself right before a given change on disk.
 * Started by tests/export_crash_test.ts. Prints "steps N".
 *
 * Input, as JSON in the first argument: {@linkcode ExportOrder}.
 */
import { makeMachine } from "../../src/host/environment.ts";
import { listNames, readTextFileIfAny } from "../../src/host/files.ts";
import type { OperationContext } from "../../src/operations/contract/context.ts";
import { exportRows } from "../../src/operations/export/export_rows.ts";
import { openIndex } from "../../src/scan/index/open_index.ts";

export interface ExportOrder {
  readonly home: string;
  readonly directory: string;
  readonly now: number;
  /** Number of the change before which it kills itself, from 1. @default none */
  readonly dieAt?: number;
}

if (import.meta.main) {
  const { home, directory, now, dieAt }: ExportOrder = JSON.parse(Deno.args[0] ?? "{}");
  const machine = makeMachine({ home, readTextFile: readTextFileIfAny, namesIn: listNames });
  const stateDirectory = `${home}/.opper/agent`;
  const scan = await openIndex({ machine, stateDirectory });
  const context: Partial<OperationContext> = {
    now,
    home,
    stateDirectory,
    account: { machine, opperHome: `${home}/.opper`, fetch, readSecret: () => Promise.reject(new Error("no secret")) },
    resolvePath: (path) => [path],
    openIndex: () => Promise.resolve(scan),
  };
  let steps = 0;
  await exportRows({
    names: { person: "anna", host: "laptop", hash: [], without: [] },
    projects: "repository",
    name: "victim",
    directory,
    isOwn: false,
    onStep() {
      steps += 1;
      if (steps === dieAt) Deno.kill(Deno.pid, "SIGKILL");
    },
  }, context as OperationContext);
  scan.close();
  console.log(`steps ${steps}`);
}
