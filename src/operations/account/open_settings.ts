/** The agent that `configure` and `unconfigure` are asked about, and its settings. */
import { AGENTS } from "../../agents/agents.ts";
import { LAUNCH_VARIABLE } from "../../agents/launcher.ts";
import type { ProviderSetup } from "../../agents/provider_setup.ts";
import { AgentError } from "../../core/errors.ts";
import type { ProvidersFile } from "../../launch/configure.ts";
import type { OperationContext } from "../contract/context.ts";

interface Choice {
  /** Id of one that has a provider setup, or a reason why it has none. */
  readonly agent: string;
  readonly force: boolean;
}

/** Ids that can be asked for: for some the answer is why it cannot be done. */
export const SETUP_IDS: readonly string[] = AGENTS.filter(({ providerSetup, setupRefusal }) =>
  providerSetup !== undefined || setupRefusal !== undefined
).map(({ id }) => id);

/** How an agent is set up. */
export interface AgentSettings {
  readonly setup: ProviderSetup;
  /** Undefined for one that has no file for it. */
  readonly file?: ProvidersFile;
}

/**
 * @throws {AgentError} failed, for an agent that Opper cannot be added to, and within a launch; usage, for a variable that
 *   names somebody else's home
 */
export async function openSettings(context: OperationContext, { agent, force }: Choice): Promise<AgentSettings> {
  const { title, providerSetup, setupRefusal } = AGENTS.find(({ id }) => id === agent)!;
  if (providerSetup === undefined) {
    const { reason, instead } = setupRefusal!;
    throw new AgentError("failed", `Opper cannot be added to ${title}: ${reason}.`, { hint: instead });
  }
  const { machine } = context.account;
  if (machine.env[LAUNCH_VARIABLE]) {
    throw new AgentError("failed", "This is within a launch, whose gateway and key end with it.", {
      hint: "Change settings of agents from a shell of your own.",
    });
  }
  const setup = await providerSetup();
  if (setup.file === undefined) return { setup };
  const { stateDirectory } = context;
  const path = setup.file.path(machine);
  return { setup, file: { file: setup.file, path, stateDirectory, force, holdsKey: setup.keyBy === "text" } };
}
