/** Paths as they are shortened, step by step. */
import { deepStrictEqual } from "node:assert/strict";
import { pathForms } from "./path_forms.ts";

Deno.test("pathForms", async (t) => {
  const rows: [path: string, forms: string[]][] = [
    ["~/src/clients/northwind/api", ["clients/northwind/api", "northwind/api", "api"]],
    ["/srv/dev/api", ["/srv/dev/api", "dev/api", "api"]],
    ["~/api", ["~/api", "~/api", "api"]],
    ["~", ["~", "~", "~"]],
    ["/", ["/", "/", "/"]],
    ["/tmp", ["/tmp", "/tmp", "/tmp"]],
    ["C:\\src\\api", ["C:\\src\\api", "src\\api", "api"]],
    ["(unknown)", ["(unknown)", "(unknown)", "(unknown)"]],
  ];
  for (const [path, forms] of rows) await t.step(path, () => deepStrictEqual(pathForms(path), forms));
});
