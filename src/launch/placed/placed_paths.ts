/** All places that launches put files in, of every agent: where to look for what one of them left. Opens nothing. */
import type { Agent } from "../../agents/agent.ts";
import { AGENTS } from "../../agents/agents.ts";
import { AgentError } from "../../core/errors.ts";
import type { Machine } from "../../core/machine.ts";

/** Absolute paths; none where a variable says nothing that could be one, as nothing was placed there. */
export function placedPaths(machine: Machine): readonly string[] {
  return AGENTS.flatMap((agent) => pathsOf(agent, machine));
}

function pathsOf(agent: Agent, machine: Machine): readonly string[] {
  try {
    return agent.placedPaths?.(machine) ?? [];
  } catch (error) {
    if (error instanceof AgentError) return [];
    throw error;
  }
}
