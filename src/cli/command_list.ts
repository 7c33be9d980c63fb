/** The list of commands, as `opper-agent help` prints it: without loading any of them, nor the registries that could. */
import { terminalInfo } from "../host/terminal.ts";
import { OPERATION_SUMMARIES } from "../operations/summaries.ts";
import { COMMAND_SUMMARIES, type CommandSummary } from "./commands/summaries.ts";
import { programHelp } from "./help/help.ts";
import { PROGRAM } from "./program_name.ts";

/** As wide as the terminal that it is for. Ends in a line feed. */
export function overviewText(): string {
  const own: readonly CommandSummary[] = COMMAND_SUMMARIES;
  const commands = [...OPERATION_SUMMARIES, ...own.filter(({ hidden }) => !hidden)];
  return programHelp(commands, { program: PROGRAM, width: terminalInfo().width });
}
