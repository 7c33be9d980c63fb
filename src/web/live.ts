/** The live stream: server-sent events over fetch, which can send the key in a header. Tries again when it breaks. */
import type { Signal } from "@preact/signals";
import type { DurationMs, EpochMs } from "../core/model.ts";
import { readClockNow, setClock, stopClock } from "./clock.ts";
import { readEvents } from "./event_stream.ts";

/** What is known of the program behind the page. */
export interface LiveState {
  /**
   * `reading`: the first scan is on, `progress` says how far. `ended`: the program is gone, and it is tried again.
   * `refused`: the key is missing, or of an earlier start. `exported`: a file, and no program.
   */
  readonly connection: "connecting" | "live" | "reading" | "ended" | "refused" | "exported";
  /** Changes whenever the program read something new: whoever asked asks again. */
  readonly scan?: string;
  /** When the connection became what it is, by the server's clock. */
  readonly at?: EpochMs;
  /** IANA name. */
  readonly timezone?: string;
  readonly version?: string;
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
  for (let wait = FIRST_WAIT_MS;; wait = Math.min(LONGEST_WAIT_MS, wait * 1.5)) {
    try {
      const response = await fetch(address, { headers });
      if (response.status === 401 || response.status === 403) {
        stopClock();
        live.value = { ...live.value, connection: "refused", at: readClockNow() };
        return;
      }
      if (response.ok && response.body !== null) {
        wait = FIRST_WAIT_MS;
        for await (const { name, data } of readEvents(response.body)) {
          live.value = takeEvent(live.value, name, data);
          if (name === "bye") break;
        }
      }
    } catch (error) {
      // Whatever broke the connection, the program is not there: that is said, and tried again.
      if (!(error instanceof TypeError || error instanceof DOMException || error instanceof SyntaxError)) throw error;
    }
    stopClock();
    if (live.value.connection !== "ended") live.value = { ...live.value, connection: "ended", at: readClockNow() };
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

interface EventData {
  readonly scan?: string;
  readonly time?: string;
  readonly timezone?: string;
  readonly version?: string;
  readonly readBytes?: number;
  readonly totalBytes?: number;
}

/** What an event makes of the state. Events that are not known change nothing. */
export function takeEvent(state: LiveState, name: string, text: string): LiveState {
  const data = JSON.parse(text === "" ? "{}" : text) as EventData;
  switch (name) {
    case "hello": {
      const { time, scan, timezone, version } = data;
      if (time !== undefined) setClock(Date.parse(time));
      const connection = state.connection === "reading" && scan === undefined ? "reading" : "live";
      return { connection, scan, timezone, version, at: readClockNow() };
    }
    case "progress":
      return {
        ...state,
        connection: "reading",
        progress: { readBytes: data.readBytes ?? 0, totalBytes: data.totalBytes ?? 0 },
      };
    case "now":
    case "sessions":
      return { ...state, connection: "live", scan: data.scan ?? state.scan, progress: undefined };
    case "bye":
      return { ...state, connection: "ended", at: readClockNow() };
    default:
      return state;
  }
}
