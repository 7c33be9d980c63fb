/**
 * Finds the logs that the last scan found without walking to them: where all directories are as they were, so are the names
 * in them, and each log is looked at by its path. Nothing is made of a log that did not change.
 */
import type { EpochMs } from "../../../core/model.ts";
import {
  areDirectoriesAs,
  FIGURES_A_FILE,
  type FileFigures,
  isMissing,
  readFileFigures,
} from "../../../host/file_figures.ts";
import type { Discovery } from "../../logs/discover.ts";
import { isSettled } from "../../logs/is_settled.ts";
import { type LogPlace, nameWalk } from "../../logs/list_places.ts";
import type { KnownDirectories, KnownLogs } from "../tables/known_directories.ts";
import { PathList } from "../tables/path_list.ts";
import { isSameFigures, readNamesMark, readStamp } from "../tables/stamp.ts";
import type { IndexStore } from "../tables/store.ts";
import { type Change, changeOf, type Changes } from "./list_changes.ts";
import { KnownDiscovery, type WalkedPlace } from "../tables/known_discovery.ts";
import { sortMissing } from "./missing_logs.ts";

/** What a scan found, and what it has to do. */
export interface QuickLook {
  readonly discovery: Discovery;
  readonly changes: Changes;
}

/**
 * Undefined where anything else changed than what logs hold: then they have to be discovered.
 *
 * @param at The clock's time before anything was looked at
 */
export function lookQuickly(
  store: IndexStore,
  places: readonly LogPlace[],
  { logs, device }: Pick<KnownDirectories, "logs" | "device">,
  at: EpochMs,
): QuickLook | undefined {
  if (logs === undefined || device === undefined || logs.names !== readNamesMark(store)) return undefined;
  const walked = matchWalks(places, logs);
  if (walked === undefined || !areAsKnown(logs, device)) return undefined;
  const dataVersion = store.dataVersion();
  const before = readStamp(store);
  if (before === undefined) return undefined;
  const paths = new PathList(before.names);
  const figures = readFileFigures(paths);
  if (figures === undefined || figures.length !== before.figures.length) return undefined;
  const changed = compareFigures(before.figures, figures, at);
  if (changed === undefined) return undefined;
  const discovery = new KnownDiscovery(walked, paths, figures);
  return {
    discovery,
    changes: {
      changed: changed.map((place): Change => changeOf(store, discovery.at(place), true)),
      ...sortMissing(store, [], discovery),
      dataVersion,
      hadStamp: true,
    },
  };
}

/** Undefined where other places are looked at than then, or one is there that was missing. */
function matchWalks(places: readonly LogPlace[], { walks }: KnownLogs): readonly WalkedPlace[] | undefined {
  const walked: WalkedPlace[] = [];
  let next = 0;
  for (const place of places) {
    const walk = walks[next];
    if (place.isPossible && walk?.isOwn === place.isOwn && walk.name === nameWalk(place)) {
      walked.push({ ...place, logs: walk.logs });
      next++;
    } else if (!place.isPossible || isMissing(place.path)) walked.push({ ...place, logs: undefined });
    else return undefined;
  }
  return next === walks.length ? walked : undefined;
}

function areAsKnown({ walks }: KnownLogs, device: number): boolean {
  return walks.every(({ directories, figures }) => areDirectoriesAs(directories, figures, device));
}

/**
 * Which logs are not as they were. Undefined where one is another file, which may be a log by another name. Times that may
 * not show a change are made such that no scan finds them again, as by discover.ts.
 */
function compareFigures(before: FileFigures, now: FileFigures, at: EpochMs): readonly number[] | undefined {
  const changed: number[] = [];
  for (let place = 0; FIGURES_A_FILE * place < now.length; place++) {
    const from = FIGURES_A_FILE * place;
    if (!isSettled(now[from + 2]!, now[from + 1]!, at)) now[from + 2] = -at;
    if (isSameFigures(before, place, now, place)) continue;
    if (before[from + 3] !== now[from + 3]) return undefined;
    changed.push(place);
  }
  return changed;
}
