/**
 * Which session `--resume` means, and which model it goes on with: by the directories of sessions and what lies in them.
 * Copilot CLI 1.0.102 takes a whole id, the beginning of one of at least seven digits, or a name without regard to case
 * (run 2026-11-27).
 */
import type { Machine } from "../../core/machine.ts";
import { logs, WORKSPACE } from "./places.ts";
import { readWorkspace } from "./workspace.ts";

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is the whole id of a session, as Copilot CLI writes it. */
export function isSessionId(text: string): boolean {
  return ID.test(text);
}

/** Undefined where it is none of this machine's, or could be several. @param wanted value of `--resume` */
export function resumedSession(wanted: string, machine: Machine): string | undefined {
  if (isSessionId(wanted)) return wanted;
  const ids = sessionDirectories(machine).map(({ id }) => id);
  const named = /^[0-9a-f-]{7,}$/.test(wanted)
    ? ids.filter((id) => id.startsWith(wanted))
    : sessionDirectories(machine).filter(({ path }) =>
      readWorkspace(machine.readTextFile(machine.join(path, WORKSPACE))).title?.toLowerCase() === wanted.toLowerCase()
    ).map(({ id }) => id);
  const found = [...new Set(named)];
  return found.length === 1 ? found[0] : undefined;
}

/** The model that a session was set to last; undefined where nothing says so. */
export function modelOfSession(sessionId: string, machine: Machine): string | undefined {
  for (const { id, path } of sessionDirectories(machine)) {
    if (id !== sessionId) continue;
    const text = machine.readTextFile(machine.join(path, "events.jsonl")) ?? "";
    const lines = text.split("\n").filter((line) => /^\{"type":"session\.(?:start|resume|model_change)"/.test(line));
    const models = lines.map(modelIn).filter((model) => model !== undefined);
    if (models.length > 0) return models.at(-1);
  }
  return undefined;
}

function modelIn(line: string): string | undefined {
  try {
    const { data } = JSON.parse(line) as { readonly data?: Readonly<Record<string, unknown>> };
    const model = data?.["newModel"] ?? data?.["selectedModel"];
    return typeof model === "string" && model !== "" ? model : undefined;
  } catch (error) {
    // The last line of a session that was killed.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function sessionDirectories(machine: Machine): readonly { readonly id: string; readonly path: string }[] {
  return logs.roots(machine).flatMap((root) =>
    machine.namesIn(root).filter(isSessionId).map((id) => ({ id, path: machine.join(root, id) }))
  );
}
