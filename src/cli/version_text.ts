/** Makes the text of `--version` from facts that cost nothing to know. Asks neither git nor the network. */
import { PRICES_AS_OF } from "../core/cost/price_release.ts";
import { VERSION } from "../core/version.ts";
import { PROGRAM } from "./program_name.ts";

/** What is known only where the program is put together. */
export interface Build {
  /** Of the compiled source; undefined when run from source. */
  readonly commit?: string;
  /** Version of the Deno that runs it. */
  readonly deno: string;
}

/** The first line is for programs to read and stays as it is: the name, a space, the version. Ends in a line feed. */
export function versionText({ commit = "unknown, run from source", deno }: Build): string {
  return `${PROGRAM} ${VERSION}\ncommit ${commit}\ndeno ${deno}\nprices ${PRICES_AS_OF}\n`;
}
