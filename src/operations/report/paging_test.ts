import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { comparePlaces, type PageRequest, type Place, takeItems } from "./paging.ts";

type Item = readonly [rank: number, name: string];

const ITEMS: readonly Item[] = [[1, "b"], [1, "c"], [2, "a"], [3, "z"], [3, "ü\u2028"]];

const request: PageRequest<Item> = { list: "items", placeOf: (item) => item, limit: 2, cursor: undefined };

/** Follows cursors to the end. `between` may change the list after each page. */
function readAll(
  first: readonly Item[],
  changes: Partial<PageRequest<Item>>,
  between = (items: readonly Item[]) => items,
) {
  const seen: Item[] = [];
  let items = first;
  let cursor: string | undefined;
  do {
    const page = takeItems(items, { ...request, ...changes, cursor });
    seen.push(...page.items);
    cursor = page.nextCursor;
    items = between(items);
  } while (cursor !== undefined);
  return seen;
}

Deno.test("comparePlaces()", async (t) => {
  const rows: [a: Place, b: Place, order: number][] = [
    [[1, "a"], [1, "a"], 0],
    [[1, "a"], [2, "a"], -1],
    [[2, "a"], [1, "z"], 1],
    [[1, "a"], [1, "b"], -1],
    [[-5], [3], -1],
    [["10"], ["9"], -1],
  ];
  for (const [a, b, order] of rows) {
    await t.step(`${a} and ${b}`, () => {
      strictEqual(comparePlaces(a, b), order);
      strictEqual(comparePlaces(b, a), order === 0 ? 0 : -order);
    });
  }
});

Deno.test("takeItems()", async (t) => {
  for (const limit of [1, 2, 3, 5, 6]) {
    await t.step(`every item once, ${limit} at a time`, () => deepStrictEqual(readAll(ITEMS, { limit }), ITEMS));
    await t.step(`and from the greatest, ${limit} at a time`, () => {
      const items = ITEMS.toReversed();
      deepStrictEqual(readAll(items, { limit, descending: true }), items);
    });
  }
  await t.step("names of any length, in cursors that have one", () => {
    const long = "n".repeat(300);
    const items: readonly Item[] = [[1, `${long}a`], [1, `${long}b`], [1, "\ud83d\ude00".repeat(150)], [2, long]];
    deepStrictEqual(readAll(items, { limit: 1 }), items);
    deepStrictEqual(readAll(items.toReversed(), { limit: 1, descending: true }), items.toReversed());
    ok(takeItems(items, { ...request, limit: 2 }).nextCursor!.length < 1000);
    // One that has gone is as if it stood behind all that begin alike.
    deepStrictEqual(readAll(items, { limit: 2 }, (left) => left.filter(([, name]) => !name.endsWith("b"))), items);
  });
  await t.step("a limit of 0 is none", () => {
    deepStrictEqual(takeItems(ITEMS, { ...request, limit: 0 }), { items: ITEMS });
  });
  await t.step("the last page has no cursor, even when it is full", () => {
    ok(!("nextCursor" in takeItems(ITEMS, { ...request, limit: 5 })));
  });
  await t.step("an item that comes in front moves nothing", () => {
    deepStrictEqual(readAll(ITEMS, {}, (items) => [[0, "new"], ...items]), ITEMS);
  });
  await t.step("the last item shown may vanish", () => {
    deepStrictEqual(readAll(ITEMS, {}, (items) => items.filter(([, name]) => name !== "c")), ITEMS);
  });
  await t.step("a cursor behind the end is the empty page", () => {
    const { nextCursor } = takeItems(ITEMS, { ...request, limit: 4 });
    deepStrictEqual(takeItems([[1, "b"]], { ...request, cursor: nextCursor }), { items: [] });
  });
  const { nextCursor } = takeItems(ITEMS, request);
  const encode = (value: unknown) => btoa(encodeURIComponent(JSON.stringify(value)));
  const wrong: [name: string, cursor: string, list: string][] = [
    ["of another list", nextCursor!, "others"],
    ["empty", "", "items"],
    ["no base64", "?!", "items"],
    ["no text", btoa("%"), "items"],
    ["no JSON", btoa("{"), "items"],
    ["no list", encode({ items: 1 }), "items"],
    ["too few parts", encode(["items", 1]), "items"],
    ["parts of other types", encode(["items", "1", "b"]), "items"],
    ["null", encode(["items", null, "b"]), "items"],
  ];
  for (const [name, cursor, list] of wrong) {
    await t.step(`a cursor that is ${name}`, () => {
      throws(() => takeItems(ITEMS, { ...request, list, cursor }), { name: "AgentError", code: "usage" });
    });
  }
});
