import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { changeRoute, filtersOf, readAddress, type Route, writeAddress } from "./address.ts";

Deno.test("an address is read as it was written", async (t) => {
  const rows: [address: string, route: Route][] = [
    ["#/now", { page: "now", path: [], query: {} }],
    ["#/cost?by=day&split=model&since=30d&project=api", {
      page: "cost",
      path: [],
      query: { by: "day", split: "model", since: "30d", project: "api" },
    }],
    ["#/session/claude/0198-ab?turn=152", { page: "session", path: ["claude", "0198-ab"], query: { turn: "152" } }],
    // What may stand in names: a slash, a question mark, a percent sign, a blank, another script.
    ["#/caches/open%20router/a%2Fb%3Fc%25", { page: "caches", path: ["open router", "a/b?c%"], query: {} }],
    ["#/sessions?q=%C3%A5+%26+b%3D1", { page: "sessions", path: [], query: { q: "å & b=1" } }],
  ];
  for (const [address, route] of rows) {
    await t.step(address, () => {
      deepStrictEqual(readAddress(address), route);
      strictEqual(writeAddress(route), address);
    });
  }
});

Deno.test("readAddress() of what nobody wrote", () => {
  for (const empty of ["", "#", "#/"]) deepStrictEqual(readAddress(empty), { page: "now", path: [], query: {} });
  deepStrictEqual(readAddress("#/nothing?since=7d"), {
    page: "now",
    path: [],
    query: { since: "7d" },
    unknown: "/nothing?since=7d",
  });
  // A percent sign that begins nothing is itself.
  deepStrictEqual(readAddress("#/caches/50%").path, ["50%"]);
});

Deno.test("filters hold on all pages, and the rest of a page goes with it", () => {
  const cost = readAddress("#/cost?by=week&split=model&since=30d&project=api");
  strictEqual(writeAddress(changeRoute(cost, { page: "sessions" })), "#/sessions?since=30d&project=api");
  strictEqual(
    writeAddress(changeRoute(cost, { query: { by: "day" } })),
    "#/cost?by=day&split=model&since=30d&project=api",
  );
  strictEqual(writeAddress(changeRoute(cost, { query: { project: "", since: "" } })), "#/cost?by=week&split=model");
  const session = changeRoute(cost, { page: "session", path: ["pi", "1"], query: { turn: "4" } });
  strictEqual(writeAddress(session), "#/session/pi/1?since=30d&project=api&turn=4");
  deepStrictEqual(filtersOf(session), { since: "30d", project: "api" });
});
