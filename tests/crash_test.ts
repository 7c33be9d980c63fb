/**
 * Launches killed between any two changes on disk, and what the next command makes of it: the user's tree is as it was,
 * to the byte. The processes are real and so is SIGKILL.
 */
import { deepStrictEqual, match, notDeepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { placeFiles } from "../src/launch/placed/place_files.ts";
import { recoverPlaced } from "../src/launch/placed/recover_placed.ts";
import { sealText } from "../src/launch/placed/seal.ts";
import { seededRandom } from "./support/random.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import type { VictimOrder } from "./support/placing_victim.ts";

const VICTIM = new URL("./support/placing_victim.ts", import.meta.url).pathname;
const OURS = sealText("// opper-agent: placed by a launch\nexport default function () {}\n");

interface Place {
  readonly home: string;
  readonly stateDirectory: string;
}

interface Situation {
  readonly name: string;
  /** Below the home, what the launch places. */
  readonly files: readonly string[];
  /** @default {@linkcode OURS} */
  readonly content?: string;
  setUp(home: string): Promise<void>;
}

const EXTENSION = ".pi/agent/extensions/opper-session.ts";
/** Half a second, so that a time kept in whole seconds would show. */
const LONG_AGO = new Date("2024-02-29T12:34:56.500Z");

async function write(path: string, content: string, mode = 0o640): Promise<void> {
  await Deno.writeTextFile(path, content, { mode });
  await Deno.chmod(path, mode);
  await Deno.utime(path, LONG_AGO, LONG_AGO);
}

const SITUATIONS: readonly Situation[] = [
  {
    name: "nothing of that name",
    files: [EXTENSION],
    async setUp(home) {
      await Deno.mkdir(join(home, ".pi/agent/extensions"), { recursive: true });
      await write(join(home, ".pi/agent/extensions/other.ts"), "other\n");
    },
  },
  {
    name: "a file of that name",
    files: [EXTENSION],
    async setUp(home) {
      await Deno.mkdir(join(home, ".pi/agent/extensions"), { recursive: true });
      await write(join(home, EXTENSION), "\ufeffthe user's own\r\n", 0o751);
    },
  },
  {
    name: "a file of that name and with the same content",
    files: [EXTENSION],
    content: "export default function () {}\n",
    async setUp(home) {
      await Deno.mkdir(join(home, ".pi/agent/extensions"), { recursive: true });
      await write(join(home, EXTENSION), "export default function () {}\n");
    },
  },
  { name: "no folder", files: [EXTENSION], setUp: () => Promise.resolve() },
  {
    name: "two files in a folder that is missing, and one outside",
    files: [EXTENSION, ".pi/agent/extensions/deep/second.ts", ".pi/third.ts"],
    async setUp(home) {
      await Deno.mkdir(join(home, ".pi"), { recursive: true });
      await write(join(home, ".pi/third.ts"), "third\n", 0o400);
    },
  },
  {
    name: "a link to a file elsewhere",
    files: [EXTENSION],
    async setUp(home) {
      await Deno.mkdir(join(home, ".pi/agent/extensions"), { recursive: true });
      await Deno.mkdir(join(home, "dotfiles"));
      await write(join(home, "dotfiles/mine.ts"), "kept elsewhere\n");
      await Deno.symlink("../../../dotfiles/mine.ts", join(home, EXTENSION));
    },
  },
  {
    name: "a link to a directory elsewhere",
    files: [EXTENSION],
    async setUp(home) {
      await Deno.mkdir(join(home, ".pi/agent"), { recursive: true });
      await Deno.mkdir(join(home, "dotfiles/extensions"), { recursive: true });
      await write(join(home, "dotfiles/extensions/opper-session.ts"), "kept elsewhere\n");
      await Deno.symlink(join(home, "dotfiles/extensions"), join(home, ".pi/agent/extensions"));
    },
  },
];

/** Everything about a tree that a launch must leave as it was. The inode tells that a file was moved, not copied. */
function snapshot(root: string, below = ""): string[] {
  const lines: string[] = [];
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = join(below, name);
    const stats = lstatSync(join(root, path));
    const mode = stats.mode.toString(8);
    if (stats.isSymbolicLink()) lines.push(`${path} -> ${readlinkSync(join(root, path))}`);
    else if (stats.isDirectory()) lines.push(`${path}/ ${mode}`, ...snapshot(root, path));
    else {
      const content = readFileSync(join(root, path)).toString("base64");
      lines.push(`${path} ${mode} ${stats.mtimeMs} ${stats.nlink} ${stats.ino} ${content}`);
    }
  }
  return lines;
}

function place(home: string, { files, content = OURS }: Pick<Situation, "files" | "content">) {
  return { launchId: crypto.randomUUID(), files: files.map((file) => ({ path: join(home, file), content })) };
}

function spawnVictim(order: VictimOrder): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", "--no-check", VICTIM, JSON.stringify(order)],
    stdin: order.hold ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** @returns how many changes it made, or undefined when it was killed */
async function runVictim(order: VictimOrder): Promise<number | undefined> {
  const { code, signal, stdout, stderr } = await spawnVictim(order).output();
  if (signal === "SIGKILL") return undefined;
  strictEqual(code, 0, new TextDecoder().decode(stderr));
  const steps = /^steps (\d+)$/m.exec(new TextDecoder().decode(stdout))?.[1];
  ok(steps !== undefined);
  return Number(steps);
}

/** Without what is remembered of launches, which lies beside the files. */
function withoutRecords(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes(".opper-agent/"));
}

async function withPlace<T>(situation: Situation, body: (place: Place) => Promise<T>): Promise<T> {
  return await withTemporaryDirectory(async (directory) => {
    const home = join(directory, "home");
    await Deno.mkdir(home);
    await situation.setUp(home);
    return await body({ home, stateDirectory: join(directory, "state/agent") });
  });
}

/** Several at once, as each mostly waits for a process to start. */
async function forEachNumber(count: number, body: (number: number) => Promise<void>): Promise<void> {
  let next = 1;
  await Promise.all(Array.from({ length: 4 }, async () => {
    while (next <= count) await body(next++);
  }));
}

async function assertRecovers({ home, stateDirectory }: Place, before: readonly string[], when: string): Promise<void> {
  const notes = await recoverPlaced(stateDirectory);
  deepStrictEqual(snapshot(home), before, when);
  ok(
    notes.every(({ outcome }) => outcome === "restored" || outcome === "removed"),
    `${when}: ${JSON.stringify(notes)}`,
  );
  const state = snapshot(stateDirectory);
  ok(state.every((line) => line.startsWith("overlay.lock")), `${when}: ${state}`);
  deepStrictEqual(await recoverPlaced(stateDirectory), [], when);
  deepStrictEqual(snapshot(home), before, `${when}, recovered twice`);
}

Deno.test("a launch killed before any of its changes leaves nothing that recovery does not repair", async (t) => {
  for (const situation of SITUATIONS) {
    await t.step(situation.name, async () => {
      const steps = await withPlace(situation, async ({ home, stateDirectory }) => {
        const before = snapshot(home);
        const made = await runVictim({ stateDirectory, place: place(home, situation) });
        deepStrictEqual(snapshot(home), before, "not killed at all");
        return made;
      });
      ok(steps !== undefined && steps > 10, `${steps} steps`);
      await forEachNumber(steps, (dieAt) =>
        withPlace(situation, async (where) => {
          const before = snapshot(where.home);
          const made = await runVictim({ ...where, place: place(where.home, situation), dieAt });
          strictEqual(made, undefined, `was not killed before step ${dieAt}`);
          await assertRecovers(where, before, `killed before step ${dieAt} of ${steps}`);
        }));
    });
  }
});

const FILE_THERE = SITUATIONS[1]!;
const LINK_THERE = SITUATIONS[5]!;
const FOLDER_MISSING = SITUATIONS[4]!;

Deno.test("a recovery killed before any of its changes is finished by the next one", async (t) => {
  for (const situation of [FILE_THERE, LINK_THERE, FOLDER_MISSING]) {
    await t.step(situation.name, async () => {
      /** Changes up to the moment at which everything is in place. */
      const placing = await withPlace(situation, async ({ home, stateDirectory }) => {
        const launch = place(home, situation);
        return await stepsUntilPlaced({ stateDirectory, place: launch });
      });
      // In place; and right before ours takes the name, when nothing has it.
      for (const launchDiesAt of [placing + 1, placing - 1]) {
        const recovering = await withPlace(situation, async (where) => {
          await runVictim({ ...where, place: place(where.home, situation), dieAt: launchDiesAt });
          return await runVictim({ stateDirectory: where.stateDirectory });
        });
        ok(recovering !== undefined && recovering > 3, `${recovering} steps`);
        await forEachNumber(recovering, (dieAt) =>
          withPlace(situation, async (where) => {
            const before = snapshot(where.home);
            await runVictim({ ...where, place: place(where.home, situation), dieAt: launchDiesAt });
            strictEqual(await runVictim({ stateDirectory: where.stateDirectory, dieAt }), undefined);
            await assertRecovers(where, before, `killed at ${launchDiesAt}, and then at ${dieAt} of ${recovering}`);
          }));
      }
    });
  }
});

/** Number of the first change after everything is in place, which is the victim's own mark. */
async function stepsUntilPlaced(order: VictimOrder): Promise<number> {
  const placingSteps: string[] = [];
  const placed = await placeFiles(order.place!.files, {
    stateDirectory: order.stateDirectory,
    launchId: order.place!.launchId,
    onStep: (name) => placingSteps.push(name),
  });
  const steps = placingSteps.length;
  deepStrictEqual(await placed.release(), []);
  return steps;
}

/** A launch that runs until it is told to end. */
interface Running {
  /** Ends in the ordinary way. */
  end(): Promise<void>;
  kill(): Promise<void>;
}

async function startVictim(
  { home, stateDirectory }: Place,
  files: readonly string[],
  locks?: VictimOrder["locks"],
): Promise<Running> {
  const child = spawnVictim({ stateDirectory, place: place(home, { files }), hold: true, locks });
  const output = child.stdout.getReader();
  const { value } = await output.read();
  strictEqual(new TextDecoder().decode(value), "placed\n");
  const finish = async () => {
    while (!(await output.read()).done);
    await child.stderr.cancel();
    await child.status;
  };
  return {
    async end() {
      await child.stdin.close();
      await finish();
      strictEqual((await child.status).code, 0);
    },
    async kill() {
      child.kill("SIGKILL");
      await finish();
      // Its standard input is gone with it.
      await child.stdin.abort().catch((error: unknown) => ok(error instanceof Error));
      strictEqual((await child.status).signal, "SIGKILL");
    },
  };
}

Deno.test("launches at once share what is placed, and the last one out takes it away", async (t) => {
  type Ending = "ends" | "is killed";
  const rows: [first: "A" | "B", firstEnds: Ending, secondEnds: Ending][] = [
    ["A", "ends", "ends"],
    ["B", "ends", "ends"],
    ["A", "is killed", "ends"],
    ["B", "is killed", "ends"],
    ["A", "ends", "is killed"],
    ["B", "ends", "is killed"],
    ["A", "is killed", "is killed"],
    ["B", "is killed", "is killed"],
  ];
  for (const [first, firstEnds, secondEnds] of rows) {
    const second = first === "A" ? "B" : "A";
    await t.step(`${first} ${firstEnds}, then ${second} ${secondEnds}`, () =>
      withPlace(FILE_THERE, async (where) => {
        const before = snapshot(where.home);
        const A = await startVictim(where, FILE_THERE.files);
        const B = await startVictim(where, FILE_THERE.files);
        const launches = { A, B };
        const finish = (name: "A" | "B", how: Ending) => how === "ends" ? launches[name].end() : launches[name].kill();
        await finish(first, firstEnds);
        deepStrictEqual(await recoverPlaced(where.stateDirectory), [], "one still runs");
        strictEqual(await Deno.readTextFile(join(where.home, EXTENSION)), OURS);
        await finish(second, secondEnds);
        if (secondEnds === "ends") deepStrictEqual(snapshot(where.home), before);
        else notDeepStrictEqual(snapshot(where.home), before);
        await assertRecovers(where, before, "both are gone");
      }));
  }

  await t.step("folders go with the last of different files in them", () =>
    withPlace(FOLDER_MISSING, async (where) => {
      const before = snapshot(where.home);
      const A = await startVictim(where, [".pi/agent/extensions/a.ts"]);
      const B = await startVictim(where, [".pi/agent/extensions/b.ts"]);
      await A.end();
      await B.end();
      deepStrictEqual(snapshot(where.home), before);
    }));

  await t.step(
    "many that come and go and die at random, with commands that recover in between",
    () =>
      withPlace(FILE_THERE, async (where) => {
        const before = snapshot(where.home);
        const random = seededRandom(20261121);
        await forEachNumber(24, async () => {
          const dieAt = random() < 0.7 ? 1 + Math.floor(random() * 30) : undefined;
          await runVictim({ ...where, place: place(where.home, FILE_THERE), dieAt });
          if (random() < 0.3) await recoverPlaced(where.stateDirectory);
        });
        await recoverPlaced(where.stateDirectory);
        await assertRecovers(where, before, "all are gone");
      }),
  );
});

Deno.test("what the user did in mid-run survives a launch that was killed", async (t) => {
  const rows: [name: string, change: (path: string) => Promise<void>, message: RegExp][] = [
    ["edited", (path) => Deno.writeTextFile(path, "mine now\n"), /was changed meanwhile, and was kept\. Its former/],
    ["deleted", (path) => Deno.remove(path), /was deleted meanwhile, and stays so\. Its former content is in "/],
    ["made a directory", async (path) => {
      await Deno.remove(path);
      await Deno.mkdir(path);
    }, /was changed meanwhile, and was kept/],
  ];
  for (const [name, change, message] of rows) {
    await t.step(name, () =>
      withPlace(FILE_THERE, async (where) => {
        const path = join(where.home, EXTENSION);
        const original = await Deno.readFile(path);
        await (await startVictim(where, FILE_THERE.files)).kill();
        await change(path);
        const left = withoutRecords(snapshot(where.home));
        const notes = await recoverPlaced(where.stateDirectory);
        deepStrictEqual(snapshot(where.home), left);
        deepStrictEqual(notes.map(({ outcome }) => outcome), ["kept"]);
        match(notes[0]!.message, message);
        const backup = /"([^"]+\.original)"/.exec(notes[0]!.message)?.[1];
        deepStrictEqual(await Deno.readFile(backup!), original);
        deepStrictEqual(await recoverPlaced(where.stateDirectory), []);
        deepStrictEqual(snapshot(where.home), left);
      }));
  }
});

Deno.test("what is damaged in our memory does no harm", async (t) => {
  await withPlace(FILE_THERE, async (where) => {
    const { stateDirectory, home } = where;
    const before = snapshot(home);
    const places = [join(home, EXTENSION)];
    const journal = join(stateDirectory, "overlay");
    const record = join(home, ".pi/agent/extensions/.opper-session.ts.opper-agent");
    /** Leaves what a killed launch leaves, with one file of our memory cut. */
    const leave = async (cut: (whole: string) => string, find: () => string) => {
      await (await startVictim(where, FILE_THERE.files)).kill();
      const path = find();
      await Deno.writeTextFile(path, cut(await Deno.readTextFile(path)));
      return path;
    };
    const inJournal = () => join(journal, readdirSync(journal).find((name) => name.endsWith(".json"))!);
    const besideFile = () => join(record, "entry.json");

    for (const share of [0, 0.3, 0.7, 0.95]) {
      const cut = (whole: string) => whole.slice(0, Math.floor(share * whole.length));
      await t.step(`the note of the place, cut after ${share}`, async () => {
        await leave(cut, inJournal);
        const outcomes = (await recoverPlaced(stateDirectory, { places })).map(({ outcome }) => outcome);
        deepStrictEqual(outcomes, ["unreadable", "restored"]);
        deepStrictEqual(snapshot(home), before);
        deepStrictEqual(await recoverPlaced(stateDirectory, { places }), []);
      });
      await t.step(`what lies beside the file, cut after ${share}`, async () => {
        await leave(cut, besideFile);
        deepStrictEqual((await recoverPlaced(stateDirectory)).map(({ outcome }) => outcome), ["restored"]);
        deepStrictEqual(snapshot(home), before);
        deepStrictEqual(await recoverPlaced(stateDirectory, { places }), []);
      });
      await t.step(`a lease, cut after ${share}`, async () => {
        const lease = () => join(record, readdirSync(record).find((name) => name.endsWith(".lease"))!);
        await leave(cut, lease);
        // Nobody can be about to write it: who recovers holds the lock under which leases are made.
        deepStrictEqual((await recoverPlaced(stateDirectory)).map(({ outcome }) => outcome), ["restored"]);
        deepStrictEqual(snapshot(home), before);
      });
    }
    await t.step("a new launch is not held up by it", async () => {
      await leave((whole) => whole.slice(0, 100), besideFile);
      const launch = place(home, FILE_THERE);
      const placed = await placeFiles(launch.files, { ...where, launchId: launch.launchId });
      deepStrictEqual((await placed.release()).length, 1);
      deepStrictEqual(snapshot(home), before);
    });
    await t.step("a note that was still being written is swept away", async () => {
      await (await startVictim(where, FILE_THERE.files)).kill();
      await Deno.writeTextFile(`${inJournal()}.new`, "{");
      await Deno.remove(join(stateDirectory, "overlay-damaged.json"));
      await assertRecovers(where, before, "the whole one counts");
    });
  });
});

Deno.test("a launch killed anywhere is repaired without its state directory", async (t) => {
  for (const situation of [FILE_THERE, SITUATIONS[0]!, LINK_THERE]) {
    await t.step(situation.name, async () => {
      const steps = await withPlace(
        situation,
        async ({ home, stateDirectory }) => await runVictim({ stateDirectory, place: place(home, situation) }),
      );
      ok(steps !== undefined && steps > 10, `${steps} steps`);
      await forEachNumber(steps, (dieAt) =>
        withPlace(situation, async (where) => {
          const before = snapshot(where.home);
          await runVictim({ ...where, place: place(where.home, situation), dieAt });
          await Deno.remove(where.stateDirectory, { recursive: true }).catch(() => {});
          const places = situation.files.map((file) => join(where.home, file));
          const notes = await recoverPlaced(join(where.home, "../another"), { places });
          deepStrictEqual(snapshot(where.home), before, `killed before step ${dieAt} of ${steps}`);
          ok(notes.every(({ outcome }) => outcome === "restored" || outcome === "removed"), JSON.stringify(notes));
        }));
    });
  }
});

Deno.test("a launch killed anywhere takes nothing from one of another state directory", async (t) => {
  const another = ({ home }: Place): Place => ({ home, stateDirectory: join(home, "../another/agent") });
  for (const situation of [FILE_THERE, SITUATIONS[3]!]) {
    const order = (where: Place, dieAt?: number) => ({ ...where, place: place(where.home, situation), dieAt });
    const target = ({ home }: Place) => join(home, situation.files[0]!);
    await t.step(`${situation.name}: the second one is killed`, async () => {
      const steps = await withPlace(situation, async (where) => {
        const before = snapshot(where.home);
        const first = await startVictim(another(where), situation.files);
        const made = await runVictim(order(where));
        strictEqual(await Deno.readTextFile(target(where)), OURS, "the first one runs");
        await first.end();
        deepStrictEqual(snapshot(where.home), before);
        return made;
      });
      ok(steps !== undefined && steps > 10, `${steps} steps`);
      await forEachNumber(steps, (dieAt) =>
        withPlace(situation, async (where) => {
          const before = snapshot(where.home);
          const first = await startVictim(another(where), situation.files);
          strictEqual(await runVictim(order(where, dieAt)), undefined);
          deepStrictEqual(await recoverPlaced(where.stateDirectory), [], `${dieAt}: one runs`);
          strictEqual(await Deno.readTextFile(target(where)), OURS);
          await first.end();
          await assertRecovers(where, before, `killed before step ${dieAt} of ${steps}`);
          deepStrictEqual(await recoverPlaced(another(where).stateDirectory), []);
        }));
    });
    await t.step(
      `${situation.name}: the first one is killed, and the second one ends`,
      () =>
        withPlace(situation, async (where) => {
          const before = snapshot(where.home);
          const first = await startVictim(where, situation.files);
          const second = await startVictim(another(where), situation.files);
          await first.kill();
          deepStrictEqual(await recoverPlaced(where.stateDirectory), []);
          strictEqual(await Deno.readTextFile(target(where)), OURS);
          await second.end();
          deepStrictEqual(snapshot(where.home), before);
        }),
    );
  }
});

Deno.test("where locks do not work, a launch lives as long as its process", async (t) => {
  for (const locks of ["none", "unseen"] as const) {
    await t.step(`${locks}: several, of two state directories`, () =>
      withPlace(FILE_THERE, async (where) => {
        const before = snapshot(where.home);
        const another = { home: where.home, stateDirectory: join(where.home, "../another/agent") };
        const launches = [
          await startVictim(where, FILE_THERE.files, locks),
          await startVictim(where, FILE_THERE.files, locks),
          await startVictim(another, FILE_THERE.files, locks),
        ];
        for (const [index, launch] of launches.entries()) {
          strictEqual(await runVictim({ ...where, locks, places: [join(where.home, EXTENSION)] }) !== undefined, true);
          strictEqual(await Deno.readTextFile(join(where.home, EXTENSION)), OURS);
          await (index === 1 ? launch.kill() : launch.end());
        }
        deepStrictEqual(snapshot(where.home), before);
        deepStrictEqual(snapshot(join(where.home, "..")).filter((line) => /\.held/.test(line)), []);
      }));
    await t.step(`${locks}: killed before any of its changes`, async () => {
      const steps = await withPlace(
        FILE_THERE,
        async (where) => await runVictim({ ...where, place: place(where.home, FILE_THERE), locks }),
      );
      ok(steps !== undefined && steps > 10, `${steps} steps`);
      await forEachNumber(steps, (dieAt) =>
        withPlace(FILE_THERE, async (where) => {
          const before = snapshot(where.home);
          strictEqual(await runVictim({ ...where, place: place(where.home, FILE_THERE), locks, dieAt }), undefined);
          await runVictim({ stateDirectory: where.stateDirectory, locks });
          await assertRecovers(where, before, `killed before step ${dieAt} of ${steps}`);
        }));
    });
  }
});
