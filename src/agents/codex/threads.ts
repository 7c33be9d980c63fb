/**
 * Which provider a thread of Codex asks: it is bound to it for life. `resume` of a thread of another one is refused by Codex,
 * and only `fork` may change it (0.169.0, run 2026-11-27).
 */
import type { Machine } from "../../core/machine.ts";
import { logs } from "./places.ts";

/** A log's first line holds what the model was told first: some 20 kB, and more with tools of a host's own. */
const MOST_BYTES = 256 * 1024;

/**
 * Id of the provider that a thread asks, as the head of its log has it. Undefined when that is not known: there is no such
 * log, it is packed, or it says none.
 *
 * @param thread a uuid
 */
export function providerOfThread(thread: string, machine: Machine): string | undefined {
  const path = findLog(thread, machine);
  const text = path === undefined ? undefined : machine.readTextFile(path, MOST_BYTES);
  try {
    const record: unknown = JSON.parse(text?.split("\n", 1)[0] ?? "{}");
    const payload = memberOf(record, "payload");
    const provider = memberOf(payload, "model_provider");
    return typeof provider === "string" && provider !== "" ? provider : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Logs lie by year, month and day of their beginning, archived ones side by side; newest first. */
function findLog(thread: string, machine: Machine): string | undefined {
  const end = `-${thread.toLowerCase()}.jsonl`;
  const find = (directory: string, depth: number): string | undefined => {
    const names = machine.namesIn(directory);
    const name = names.find((name) => name.startsWith("rollout-") && name.endsWith(end));
    if (name !== undefined) return machine.join(directory, name);
    const below = depth === 0 ? [] : names.filter((name) => /^\d+$/.test(name)).toSorted().reverse();
    for (const name of below) {
      const path = find(machine.join(directory, name), depth - 1);
      if (path !== undefined) return path;
    }
    return undefined;
  };
  for (const root of logs.roots(machine)) {
    const path = find(root, 3);
    if (path !== undefined) return path;
  }
  return undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
