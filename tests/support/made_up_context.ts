/** What a question gets to know of a machine that is not there. */
import { join } from "node:path";
import { makeMachine } from "../../src/host/environment.ts";
import type { OperationContext } from "../../src/operations/contract/context.ts";

/** Without an index, which whoever asks has of their own. @param home absolute */
export function madeUpContext(home = "/home"): Omit<OperationContext, "openIndex"> {
  return {
    now: 0,
    timezone: "UTC",
    home,
    cwd: home,
    stateDirectory: join(home, ".opper/agent"),
    account: {
      machine: makeMachine({ home }),
      opperHome: join(home, ".opper"),
      readSecret: () => Promise.reject(),
      fetch,
    },
    resolvePath: (path) => [path],
  };
}
