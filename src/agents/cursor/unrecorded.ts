/**
 * Cursor: the editor, and its command line. Since 2026-02 the counts of its messages are 0, what was read from a cache was
 * never there, and the figure that remains is how full the context is. What was billed only its account knows.
 *
 * Its database has keys for access as well. Keys of conversations are counted; no value is read.
 *
 * Threads of users and of other readers' makers, read 2026-11-26.
 */
import type { Machine } from "../../core/machine.ts";
import type { UnrecordedAgent } from "../unrecorded_agent.ts";

export const cursor: UnrecordedAgent = {
  id: "cursor",
  title: "Cursor",
  variables: {},
  says: "cost and tokens are not recorded on this machine",
  places: (machine) => [
    {
      form: "table",
      path: machine.join(settingsOf(machine), "Cursor", "User", "globalStorage", "state.vscdb"),
      table: "cursorDiskKV",
      // From the first key that begins so to the last: `;` follows `:`.
      count: "SELECT count(*) AS sessions FROM cursorDiskKV WHERE key >= 'composerData:' AND key < 'composerData;'",
    },
    {
      form: "files",
      path: machine.join(machine.home, ".cursor", "chats"),
      sessionOf: (relativePath) => /^(.+)\/store\.db$/.exec(relativePath)?.[1],
    },
    {
      form: "files",
      path: machine.join(machine.home, ".cursor", "projects"),
      // Of the editor and of the command line alike, where their own files may be on another machine.
      isRepeat: true,
      sessionOf: (relativePath) =>
        /^[^/]+\/agent-transcripts\/([^/]+?)(?:\/.*)?\.(?:jsonl|txt)$/.exec(relativePath)?.[1],
    },
  ],
};

function settingsOf({ os, home, join }: Machine): string {
  return {
    linux: join(home, ".config"),
    darwin: join(home, "Library", "Application Support"),
    windows: join(home, "AppData", "Roaming"),
  }[os];
}
