import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { ExplainedTurn } from "./explain_session.ts";
import { LastExplained } from "./last_explained.ts";

const turns: readonly ExplainedTurn[] = [];

Deno.test("LastExplained explains a session once, for as long as no other one is asked for", async () => {
  const last = new LastExplained();
  const asked: number[] = [];
  const ask = (session: number) =>
    last.read(session, () => {
      asked.push(session);
      return Promise.resolve(turns);
    });
  const both = await Promise.all([ask(1), ask(1)]);
  strictEqual(both[0], both[1]);
  await ask(1);
  deepStrictEqual(asked, [1]);
  await ask(2);
  await ask(1);
  deepStrictEqual(asked, [1, 2, 1]);
});

Deno.test("LastExplained asks again for what failed, and forgets nothing of what was asked for since", async () => {
  const last = new LastExplained();
  let count = 0;
  const fail = () => {
    count++;
    return Promise.reject(new Error("unreadable"));
  };
  await rejects(last.read(1, fail), /unreadable/);
  strictEqual(await last.read(1, () => Promise.resolve(turns)), turns);
  strictEqual(count, 1);
  const late = Promise.withResolvers<undefined>();
  const failing = last.read(2, () => late.promise);
  const other = last.read(3, () => Promise.resolve(turns));
  late.reject(new Error("late"));
  await rejects(failing, /late/);
  strictEqual(last.read(3, fail), other);
  strictEqual(count, 1);
});
