import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { isHidden, leaveOutHidden } from "./hidden_projects.ts";

/** Home is `/h`, the working directory `/h/src`. */
const resolvePath = (path: string) => [path.replace(/^~/, "/h").replace(/^\./, "/h/src")];

Deno.test("isHidden()", async (t) => {
  const rows: [pattern: string, cwd: string | undefined, hidden: boolean][] = [
    ["~/secret", "/h/secret", true],
    ["~/secret", "/h/secret/deep", true],
    ["~/secret", "/h/secrets", false],
    ["/srv/app", "/srv/app/web", true],
    ["/srv/app", "/x/srv/app", false],
    ["client-x", "/srv/Client-X/web", true],
    [".", "/h/src/web", true],
    ["~", "/h/anything", true],
    ["client-x", undefined, false],
    ["C:\\src\\secret", "c:\\src\\secret\\web", true],
    ["c:/src/secret/", "C:\\src\\Secret", true],
    ["C:\\src\\secret", "C:\\src\\secrets", false],
  ];
  for (const [pattern, cwd, hidden] of rows) {
    await t.step(
      `${pattern}: ${cwd}`,
      () => strictEqual(isHidden(cwd, { hideProjects: [pattern], resolvePath }), hidden),
    );
  }
  await t.step("none", () => strictEqual(isHidden("/x", { resolvePath }), false));
  await t.step("any of several", () => strictEqual(isHidden("/x", { hideProjects: ["y", "x"], resolvePath }), true));
});

Deno.test("leaveOutHidden() says how many, and hides nothing where a project was asked for", () => {
  const reports = [{ cwd: "/a" }, { cwd: "/b" }, {}];
  const context = { hideProjects: ["a"], resolvePath };
  deepStrictEqual(leaveOutHidden(reports, context), {
    shown: [{ cwd: "/b" }, {}],
    notes: ["1 session of hidden projects left out; `opper-agent cost` counts them."],
  });
  deepStrictEqual(leaveOutHidden(reports, context, "a"), { shown: reports, notes: [] });
  deepStrictEqual(leaveOutHidden(reports, { resolvePath }), { shown: reports, notes: [] });
  deepStrictEqual(leaveOutHidden(reports, { hideProjects: ["zzz"], resolvePath }), { shown: reports, notes: [] });
});
