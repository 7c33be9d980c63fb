/** Counts sessions of agents that keep no figures, and says so: for `doctor`, which loads it. */
import type { Machine } from "../../../core/machine.ts";
import type { UnrecordedAgent, UnrecordedPlace } from "../../../agents/unrecorded_agent.ts";
import { UNRECORDED_AGENTS } from "../../../agents/unrecorded_agents.ts";
import { fileMark } from "../../../host/files.ts";
import { ForeignDatabaseError, openLightly } from "../../../host/foreign_database.ts";
import { walkFiles } from "../../../host/walk_files.ts";

/** A place in which an agent's sessions were looked for, and that is there. */
export interface CountedPlace {
  readonly path: string;
  /** @default they could not be counted */
  readonly sessions?: number;
  /** Why not. */
  readonly problem?: string;
}

/** What is known of an agent that keeps no figures. */
export interface UnrecordedSessions {
  readonly agent: string;
  readonly title: string;
  /** In all places. @default they could not be counted */
  readonly sessions?: number;
  /** A sentence for people. */
  readonly says: string;
  readonly places: readonly CountedPlace[];
}

/** Those agents of which there is a place on the machine. @param agents @default all that are known */
export function countUnrecorded(
  machine: Machine,
  agents: readonly UnrecordedAgent[] = UNRECORDED_AGENTS,
): readonly UnrecordedSessions[] {
  return agents.flatMap((agent) => {
    const all = agent.places(machine);
    const own = countAll(all.filter(({ isRepeat }) => !isRepeat));
    const isAnyKnown = own.some(({ sessions }) => sessions === undefined || sessions > 0);
    const places = isAnyKnown ? own : [...own, ...countAll(all.filter(({ isRepeat }) => isRepeat))];
    if (places.length === 0) return [];
    const problem = places.find((place) => place.problem !== undefined)?.problem;
    const sessions = problem === undefined ? places.reduce((sum, place) => sum + (place.sessions ?? 0), 0) : undefined;
    return [{ agent: agent.id, title: agent.title, sessions, says: describe(agent, sessions, problem), places }];
  });
}

function describe({ title, says }: UnrecordedAgent, sessions: number | undefined, problem: string | undefined): string {
  if (sessions === 0) return `${title}: ${says}.`;
  if (sessions !== undefined) return `${sessions} ${sessions === 1 ? "session" : "sessions"} of ${title}: ${says}.`;
  return `Sessions of ${title}: ${says}. How many there are could not be found out: ${problem}.`;
}

function countAll(places: readonly UnrecordedPlace[]): readonly CountedPlace[] {
  return places.flatMap((place) => {
    const counted = place.form === "files" ? countFiles(place) : countRows(place);
    return counted === undefined ? [] : [{ path: place.path, ...counted }];
  });
}

type Counted = Pick<CountedPlace, "sessions" | "problem">;

function countFiles({ path, sessionOf }: UnrecordedPlace & { readonly form: "files" }): Counted | undefined {
  const { exists, files, problems } = walkFiles(path, (relativePath) => sessionOf(relativePath) !== undefined);
  if (!exists) return undefined;
  const [problem] = problems;
  if (problem !== undefined) return { problem: problem.message };
  return { sessions: new Set(files.map(({ relativePath }) => sessionOf(relativePath))).size };
}

function countRows({ path, table, count }: UnrecordedPlace & { readonly form: "table" }): Counted | undefined {
  if (fileMark(path) === undefined) return undefined;
  try {
    const database = openLightly(path);
    try {
      const isThere = database.all("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", table).length > 0;
      return { sessions: isThere ? Number(database.all(count)[0]!.sessions) : 0 };
    } finally {
      database.close();
    }
  } catch (error) {
    if (!(error instanceof ForeignDatabaseError)) throw error;
    return { problem: error.message };
  }
}
