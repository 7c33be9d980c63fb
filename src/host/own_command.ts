/** How this very program is started again, whether it is compiled or run from source. Starts nothing. */
import { fileURLToPath } from "node:url";

export interface OwnCommand {
  /** Absolute path of a program. */
  readonly command: string;
  /** What comes before arguments of ours. */
  readonly args: readonly string[];
}

export function ownCommand(): OwnCommand {
  const command = Deno.execPath();
  if (Deno.build.standalone) return { command, args: [] };
  return { command, args: ["run", "-A", "--no-prompt", "--frozen", fileURLToPath(Deno.mainModule)] };
}
