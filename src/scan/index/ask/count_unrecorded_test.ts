import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { UnrecordedAgent, UnrecordedPlace } from "../../../agents/unrecorded_agent.ts";
import { makeMachine } from "../../../host/environment.ts";
import { countUnrecorded, type UnrecordedSessions } from "./count_unrecorded.ts";

const DATABASE = "state.db";

/** An agent with sessions in a database, in files, and in files that repeat them. */
function count(directory: string): UnrecordedSessions | undefined {
  const files = (name: string, isRepeat: boolean): UnrecordedPlace => ({
    form: "files",
    path: `${directory}/${name}`,
    isRepeat,
    sessionOf: (path) => /^([^/]+)\.json$/.exec(path)?.[1],
  });
  const agent: UnrecordedAgent = {
    id: "acme",
    title: "Acme",
    variables: {},
    says: "nothing is recorded",
    places: () => [
      {
        form: "table",
        path: `${directory}/${DATABASE}`,
        table: "kept",
        count: "SELECT count(*) AS sessions FROM kept WHERE key >= 'a' AND key < 'b'",
      },
      files("own", false),
      files("repeats", true),
    ],
  };
  const [found] = countUnrecorded(makeMachine({ home: directory }), [agent]);
  return found;
}

function makeDatabase(directory: string, rows: number, mode = "delete"): DatabaseSync {
  const database = new DatabaseSync(`${directory}/${DATABASE}`);
  database.exec(`PRAGMA journal_mode = ${mode}; CREATE TABLE kept (key TEXT UNIQUE, value BLOB); BEGIN`);
  const insert = database.prepare("INSERT INTO kept VALUES (?, ?)");
  for (let row = 0; row < rows; row++) insert.run(`a${row}`, "x".repeat(2000));
  database.exec("COMMIT");
  return database;
}

function makeFiles(directory: string, ...names: readonly string[]): void {
  for (const name of names) {
    Deno.mkdirSync(`${directory}/${name.split("/")[0]}`, { recursive: true });
    Deno.writeTextFileSync(`${directory}/${name}`, "");
  }
}

const UNCOUNTED = "Sessions of Acme: nothing is recorded. How many there are could not be found out: ";
/** Longer than what is copied; most of it is a hole. */
const LARGE = 300 << 20;

interface Row {
  readonly name: string;
  /** @returns what is to be closed afterwards */
  make(directory: string): DatabaseSync | void;
  /** Undefined where nothing is said. */
  readonly says: string | undefined;
}

const ROWS: readonly Row[] = [
  { name: "nothing", make() {}, says: undefined },
  {
    name: "a database",
    make: (directory) => makeDatabase(directory, 2).close(),
    says: "2 sessions of Acme: nothing is recorded.",
  },
  {
    name: "one that somebody writes to",
    make(directory) {
      const database = makeDatabase(directory, 2, "wal");
      database.exec("INSERT INTO kept VALUES ('azz', 1)");
      return database;
    },
    says: "3 sessions of Acme: nothing is recorded.",
  },
  {
    name: "one that was written to",
    make: (directory) => makeDatabase(directory, 1, "wal").close(),
    says: "1 session of Acme: nothing is recorded.",
  },
  {
    name: "one of which somebody keeps others out",
    make(directory) {
      const database = makeDatabase(directory, 2);
      database.exec("BEGIN EXCLUSIVE");
      return database;
    },
    says: `${UNCOUNTED}another program has locked it (SQLite's error 5).`,
  },
  {
    name: "one that was cut off",
    make(directory) {
      makeDatabase(directory, 500).close();
      Deno.truncateSync(`${directory}/${DATABASE}`, 9000);
    },
    says: `${UNCOUNTED}it is damaged or cut off (SQLite's error 11).`,
  },
  {
    name: "an empty one",
    make: (directory) => Deno.writeTextFileSync(`${directory}/${DATABASE}`, ""),
    says: "Acme: nothing is recorded.",
  },
  {
    name: "no database",
    make: (directory) => Deno.writeTextFileSync(`${directory}/${DATABASE}`, "x".repeat(5000)),
    says: `${UNCOUNTED}it is no SQLite database, or an encrypted one (SQLite's error 26).`,
  },
  {
    name: "one without the table",
    make(directory) {
      const database = new DatabaseSync(`${directory}/${DATABASE}`);
      database.exec("CREATE TABLE other (key TEXT)");
      database.close();
    },
    says: "Acme: nothing is recorded.",
  },
  {
    name: "a large one",
    make(directory) {
      makeDatabase(directory, 2).close();
      Deno.truncateSync(`${directory}/${DATABASE}`, LARGE);
    },
    says: "2 sessions of Acme: nothing is recorded.",
  },
  {
    name: "a large one that would get files beside it",
    make(directory) {
      makeDatabase(directory, 2, "wal").close();
      Deno.truncateSync(`${directory}/${DATABASE}`, LARGE);
    },
    says: `${UNCOUNTED}it is large, and whoever opens it now leaves files beside it.`,
  },
  {
    name: "files, and a database",
    make(directory) {
      makeFiles(directory, "own/1.json", "own/2.json", "own/2.txt", "repeats/1.json", "repeats/3.json");
      makeDatabase(directory, 2).close();
    },
    says: "4 sessions of Acme: nothing is recorded.",
  },
  {
    name: "files that repeat what is elsewhere",
    make: (directory) => makeFiles(directory, "repeats/1.json", "repeats/3.json"),
    says: "2 sessions of Acme: nothing is recorded.",
  },
  {
    name: "a directory without sessions",
    make: (directory) => makeFiles(directory, "own/readme.txt"),
    says: "Acme: nothing is recorded.",
  },
];

Deno.test("what is said of an agent, with nothing left beside its files", async (t) => {
  for (const { name, make, says } of ROWS) {
    await t.step(name, () => {
      const directory = Deno.makeTempDirSync();
      try {
        const open = make(directory);
        const before = [...Deno.readDirSync(directory)].map((entry) => entry.name).sort();
        const found = count(directory);
        assert.equal(found?.says, says);
        assert.deepEqual([...Deno.readDirSync(directory)].map((entry) => entry.name).sort(), before);
        // What is said in words is said in figures.
        const number = /^\d+/.exec(says ?? "")?.[0];
        assert.equal(
          found?.sessions,
          number === undefined ? says?.startsWith("Acme:") ? 0 : undefined : Number(number),
        );
        open?.close();
      } finally {
        Deno.removeSync(directory, { recursive: true });
      }
    });
  }
});

// Who opened it would wait for ever.
Deno.test("a pipe is not opened", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    await new Deno.Command("mkfifo", { args: [`${directory}/${DATABASE}`] }).output();
    assert.equal(count(directory), undefined);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
