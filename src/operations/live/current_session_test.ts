import { deepStrictEqual } from "node:assert/strict";
import { AGENTS_SESSION_VARIABLES } from "../../agents/session_variables.ts";
import { OWN_SESSION_VARIABLES, readCurrentSession } from "./current_session.ts";

Deno.test("readCurrentSession()", async (t) => {
  const both = [OWN_SESSION_VARIABLES, ...AGENTS_SESSION_VARIABLES];
  const pi = { PI_SESSION_ID: "p", PI_SESSION_FILE: "/p" };
  const rows: [name: string, env: Record<string, string>, prefixes: string[], expected: unknown][] = [
    ["nothing", {}, both, undefined],
    ["empty values", { PI_SESSION_ID: "", PI_SESSION_FILE: "" }, both, undefined],
    ["Pi's", pi, both, { id: "p", file: "/p" }],
    ["Pi's, which is not asked for", pi, [OWN_SESSION_VARIABLES], undefined],
    ["ours before Pi's, and never half of each", { ...pi, OPPER_AGENT_SESSION_ID: "o" }, both, {
      id: "o",
      file: undefined,
    }],
    ["a file alone", { OPPER_AGENT_SESSION_FILE: "/o" }, both, { id: undefined, file: "/o" }],
  ];
  for (const [name, env, prefixes, expected] of rows) {
    await t.step(name, () => deepStrictEqual(readCurrentSession(env, prefixes), expected));
  }
});
