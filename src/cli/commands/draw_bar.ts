/** A bar of the desktop or of tmux instead of a line, with what only bars need: where the page is served, and how. */
import type { Machine } from "../../core/machine.ts";
import { stateDirectory } from "../../host/environment.ts";
import { ownCommand } from "../../host/own_command.ts";
import { findRunningPage } from "../../host/running_page.ts";
import { type BarFormat, showBar } from "../../operations/live/status_bar.ts";
import type { Status } from "../../operations/live/status_line.ts";
import type { StatusSnapshot } from "../../operations/live/status_snapshot.ts";

export function drawBar(
  format: BarFormat,
  status: Status,
  snapshot: StatusSnapshot | undefined,
  environment: Machine,
): string {
  const { command, args } = ownCommand();
  const page = findRunningPage(stateDirectory(environment));
  return showBar({ ...status, snapshot, page, serve: [command, ...args, "dashboard"] }, format);
}
