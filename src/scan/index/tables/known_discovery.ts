/** What a scan found, in as few bytes as say all of it: a hundred a log, where a list of objects has four times as many. */
import { FIGURES_A_FILE, type FileFigures } from "../../../host/file_figures.ts";
import type { Discovery, Root } from "../../logs/discover.ts";
import type { LogPlace } from "../../logs/list_places.ts";
import { PathList } from "./path_list.ts";
import { type LogList, stampOf } from "./stamp.ts";

/** A place, and how many logs are there; undefined where there is nothing. */
export type WalkedPlace = LogPlace & { readonly logs: number | undefined };

/** Of fewer a list of objects is as good. */
const MANY_LOGS = 1000;

/** What discover.ts says, of places with plain logs alone. Most scans ask for no log of it. */
export class KnownDiscovery implements Discovery {
  readonly problems = [];
  readonly isPlain = true;
  readonly #walked: readonly WalkedPlace[];
  readonly #paths: PathList;
  readonly #figures: FileFigures;
  #files: Discovery["files"] | undefined;
  #roots: Discovery["roots"] | undefined;

  /** @param walked In the order of the paths */
  constructor(walked: readonly WalkedPlace[], paths: PathList, figures: FileFigures) {
    this.#walked = walked;
    this.#paths = paths;
    this.#figures = figures;
  }

  get files(): Discovery["files"] {
    return this.#files ??= Array.from({ length: this.#paths.length }, (_, place) => this.at(place));
  }

  get list(): LogList {
    return { names: this.#paths.names, figures: this.#figures };
  }

  at(place: number): Discovery["files"][number] {
    let behind = 0;
    const { source, path: root } = this.#walked.find(({ logs = 0 }) => place < (behind += logs))!;
    const path = this.#paths.at(place);
    const from = FIGURES_A_FILE * place;
    const file = {
      path,
      relativePath: path.slice(root.length + 1),
      size: this.#figures[from]!,
      mtimeMs: this.#figures[from + 1]!,
      ctimeMs: this.#figures[from + 2]!,
      inode: this.#figures[from + 3]!,
      compressed: false,
    };
    return { source, file };
  }

  find(path: string): Discovery["files"][number] | undefined {
    const place = this.#paths.placeOf(path);
    return place === undefined ? undefined : this.at(place);
  }

  get roots(): readonly Root[] {
    let place = 0;
    return this.#roots ??= this.#walked.map(({ source, path, logs }) => {
      let bytes = 0;
      for (const end = place + (logs ?? 0); place < end; place++) bytes += this.#figures[FIGURES_A_FILE * place]!;
      return { source: source.id, path, exists: logs !== undefined, files: logs ?? 0, bytes };
    });
  }
}

/** The same in fewer bytes, where it is about many logs and can be said so. @param places That were looked at */
export function packDiscovery(discovery: Discovery, places: readonly LogPlace[], many = MANY_LOGS): Discovery {
  if (discovery instanceof KnownDiscovery || !discovery.isPlain || discovery.files.length < many) return discovery;
  const { roots } = discovery;
  const { names, figures } = stampOf(discovery);
  const walked = places.map((place, index) => ({
    ...place,
    logs: roots[index]!.exists ? roots[index]!.files : undefined,
  }));
  return new KnownDiscovery(walked, new PathList(names), figures);
}
