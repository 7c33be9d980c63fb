/** The registry of sources. A new one is a file in sources/ and a line here and in log_places.ts. Loaded by who reads logs. */
import type { Source } from "./source.ts";
import { claude } from "./claude/source.ts";
import { codex } from "./codex/source.ts";
import { pi } from "./formats/pi_entries/fold.ts";

export const SOURCES: readonly Source[] = [eraseState(pi), eraseState(claude), eraseState(codex)];

/** @param id Of one that is registered */
export function findSource(id: string): Source {
  return SOURCES.find((source) => source.id === id)!;
}

/** The engine stores states without looking into them: only the source itself knows their type. */
function eraseState<S>(source: Source<S>): Source {
  return {
    ...source,
    start: (file) => source.start(file),
    record: (state, record) => source.record(state as S, record),
    session: (state) => source.session(state as S),
  };
}
