/**
 * What something that can be asked must be able to do, besides reading logs and keeping the index. Said once, by each
 * operation, command and tool: which permissions a run gives up, and what clients of the MCP server are told, follow.
 */

/**
 * `network`: asks others than this machine. `programs`: starts programs, or signals them. `user_files`: changes files that
 * are not our index's: settings of agents, keys, our own settings, what a launch left.
 */
export type Need = "network" | "programs" | "user_files";

/** Whether it leaves everything as it was, so that asking a second time does no harm. */
export function onlyReads(needs: readonly Need[]): boolean {
  return needs.every((need) => need === "network");
}

/** What the runtime can take away for good. It has no name for the user's files: the index lies among them. */
const PERMISSIONS_BY_NEED = { network: "net", programs: "run" } as const;

/** Permissions to give up before the first log is read, as the runtime calls them. */
export function unneededPermissions(needs: readonly Need[]): readonly ("net" | "run")[] {
  return (["network", "programs"] as const).filter((need) => !needs.includes(need))
    .map((need) => PERMISSIONS_BY_NEED[need]);
}
