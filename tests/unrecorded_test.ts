/** Agents that keep no figures: `doctor` says that they are there, and no other answer has anything of them. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { DoctorOutput } from "../src/operations/usage/doctor_output.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

Deno.test("doctor counts the sessions of agents that keep no figures, and no other answer has them", async () => {
  await withTemporaryDirectory(async (home) => {
    const directory = `${home}/.config/Cursor/User/globalStorage`;
    await Deno.mkdir(directory, { recursive: true });
    const database = new DatabaseSync(`${directory}/state.vscdb`);
    database.exec("CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)");
    const insert = database.prepare("INSERT INTO cursorDiskKV VALUES (?, ?)");
    for (let at = 0; at < 12; at++) {
      insert.run(`composerData:${at}`, "SECRET");
      insert.run(`bubbleId:${at}:1`, '{"tokenCount":{"inputTokens":0,"outputTokens":0}}');
    }
    insert.run("cursorAuth/accessToken", "SECRET");
    database.close();
    await Deno.mkdir(`${home}/.local/share/amp/threads`, { recursive: true });
    await Deno.writeTextFile(`${home}/.local/share/amp/threads/T-1.json`, '{"usage":"SECRET"}');

    const says = "12 sessions of Cursor: cost and tokens are not recorded on this machine.";
    const { stdout } = await runAgent(["doctor"], { home });
    ok(stdout.includes(says), stdout);
    ok(stdout.includes("1 session of Amp: cost and tokens are not recorded on this machine"), stdout);

    const answer = await runAgent(["doctor", "--quick", "--json"], { home });
    const { unrecorded, roots, sessions, problems } = JSON.parse(answer.stdout) as DoctorOutput;
    deepStrictEqual(unrecorded[0], {
      agent: "cursor",
      title: "Cursor",
      sessions: 12,
      says,
      places: [{ path: `${directory}/state.vscdb`, sessions: 12 }],
    });
    deepStrictEqual(unrecorded.map(({ agent, sessions }) => [agent, sessions]), [["cursor", 12], ["amp", 1]]);
    deepStrictEqual([sessions, problems, roots.filter(({ path }) => path === directory)], [0, [], []]);
    ok(!(stdout + answer.stdout).includes("SECRET"));
    deepStrictEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["state.vscdb"]);

    const listed = JSON.parse((await runAgent(["sessions", "--json"], { home })).stdout) as { readonly total: number };
    strictEqual(listed.total, 0);
  });
});

Deno.test("where there is no such agent, doctor says nothing of any", async () => {
  await withTemporaryDirectory(async (home) => {
    const { stdout } = await runAgent(["doctor", "--json"], { home });
    deepStrictEqual((JSON.parse(stdout) as DoctorOutput).unrecorded, []);
  });
});
