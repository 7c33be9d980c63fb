/** The settings of an agent that `configure` and `unconfigure` change. */
import { AGENTS } from "../../agents/agents.ts";
import type { ProvidersFile } from "../../launch/configure.ts";
import type { OperationContext } from "../contract/context.ts";

interface Choice {
  /** Id of one that has a provider setup. */
  readonly agent: string;
  readonly force: boolean;
}

/** @throws {AgentError} usage, for a variable that names somebody else's home */
export async function openSettings(context: OperationContext, { agent, force }: Choice): Promise<ProvidersFile> {
  const setup = await AGENTS.find(({ id }) => id === agent)!.providerSetup!();
  return { setup, path: setup.file(context.account.machine), stateDirectory: context.stateDirectory, force };
}
