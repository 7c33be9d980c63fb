/** The live stream: server-sent events over fetch, which can send the key in a header. Tries again when it breaks. */
import type { Signal } from "@preact/signals-core";
import type { DurationMs, EpochMs } from "../core/model.ts";
import { readClockNow, setClock, stopClock } from "./clock.ts";
import { readEvents } from "./event_stream.ts";
import type { CacheOutput } from "../operations/usage/cache_output.ts";
import type { OverviewOutput } from "../operations/usage/overview_output.ts";

/** What is known of the program behind the page. */
export interface LiveState {
  /**
   * `reading`: the first scan is on, `progress` says how far. `ended`: the program is gone, and it is tried again.
   * `busy`: it serves as many pages as it can, and is tried again. `refused`: the key is missing, or of an earlier start.
   * `exported`: a file, and no program.
   */
  readonly connection: "connecting" | "live" | "reading" | "ended" | "busy" | "refused" | "exported";
  /** Changes whenever the program read something new. */
  readonly scan?: string;
  /** How often that was so; the first scan is what is asked for from the beginning. */
  readonly edition?: number;
  /** When it ended, by the server's clock; of a file, when it was made. */
  readonly at?: EpochMs;
  /** IANA name. */
  readonly timezone?: string;
  readonly version?: string;
  /** Decimals of amounts, where settings say so. */
  readonly digits?: number;
  /** Whether text of conversations may be asked for. */
  readonly text?: boolean;
  /** Whether Opper may be asked for traces. */
  readonly remote?: boolean;
  /** Patterns of the settings: projects that are in no list. */
  readonly hideProjects?: readonly string[];
  /** What the page Now shows, whole. */
  readonly board?: { readonly overview: OverviewOutput; readonly cache: CacheOutput };
  /** The latest event `sessions`: columns of `sessions --brief`, of those that changed, and `gone`; `reset` asks for all of them. */
  readonly changes?: unknown;
  readonly progress?: { readonly readBytes: number; readonly totalBytes: number };
}

const FIRST_WAIT_MS: DurationMs = 2000;
const LONGEST_WAIT_MS: DurationMs = 15_000;

/** Connects, and keeps `live` up to date as long as the page is open. */
export async function openLiveStream(
  address: string,
  headers: Readonly<Record<string, string>>,
  live: Signal<LiveState>,
): Promise<void> {
  let last: string | undefined;
  for (let wait = FIRST_WAIT_MS;; wait = Math.min(LONGEST_WAIT_MS, wait * 1.5)) {
    let connection: "ended" | "busy" = "ended";
    try {
      const response = await fetch(address, {
        headers: { ...headers, ...last !== undefined && { "last-event-id": last } },
      });
      if (response.status === 401 || response.status === 403) {
        stopClock();
        live.value = { ...live.value, connection: "refused", at: readClockNow() };
        return;
      }
      if (response.status === 503) connection = "busy";
      else if (response.ok && response.body !== null) {
        wait = FIRST_WAIT_MS;
        for await (const { name, data, id } of readEvents(response.body)) {
          if (name === "bye") break;
          last = id ?? last;
          const event = JSON.parse(data) as EventData;
          if (event.now !== undefined) setClock(Date.parse(event.now));
          live.value = takeEvent(live.value, name, event);
        }
      }
    } catch (error) {
      // Whatever broke the connection, the program is not there: that is said, and tried again.
      if (!(error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError)) throw error;
    }
    stopClock();
    if (live.value.connection !== connection) live.value = { ...live.value, connection, at: readClockNow() };
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** As much of the events' data as is read. */
interface EventData {
  readonly scan?: string;
  readonly digits?: number;
  readonly now?: string;
  readonly timezone?: string;
  readonly version?: string;
  readonly text?: boolean;
  readonly remote?: boolean;
  readonly hideProjects?: readonly string[];
  readonly done?: number;
  readonly total?: number;
  readonly overview?: OverviewOutput;
  readonly cache?: CacheOutput;
}

/** What an event makes of the state. Events that are not known change nothing. */
export function takeEvent(state: LiveState, name: string, data: EventData): LiveState {
  switch (name) {
    case "hello": {
      // Without a scan the first one is on: it says how far it is.
      const connection = data.scan === undefined ? "reading" : "live";
      return { ...data, ...editionOf(state, data), board: state.board, connection };
    }
    case "progress":
      return state.board !== undefined ? state : {
        ...state,
        connection: "reading",
        progress: { readBytes: data.done ?? 0, totalBytes: data.total ?? 0 },
      };
    case "now": {
      const { overview, cache } = data;
      const board = overview === undefined || cache === undefined ? state.board : { overview, cache };
      return { ...state, connection: "live", ...editionOf(state, data), progress: undefined, board };
    }
    case "sessions":
      return { ...state, ...editionOf(state, data), changes: data };
    default:
      return state;
  }
}

function editionOf({ scan: last, edition = 0 }: LiveState, { scan = last }: EventData) {
  return { scan, edition: last === undefined || scan === last ? edition : edition + 1 };
}
