import { match, notStrictEqual, strictEqual } from "node:assert/strict";
import { Tickets } from "./tickets.ts";

Deno.test("a ticket is good once, and for 60 seconds", () => {
  let now = 1_000;
  const tickets = new Tickets(() => now);
  const [first, second, third] = [tickets.issue(), tickets.issue(), tickets.issue()];
  match(first, /^[\w-]{43}$/);
  notStrictEqual(first, second);
  strictEqual(tickets.redeem(`${first}x`), false);
  strictEqual(tickets.redeem(""), false);
  strictEqual(tickets.redeem(first), true);
  strictEqual(tickets.redeem(first), false);
  now += 59_999;
  strictEqual(tickets.redeem(second), true);
  now += 1;
  strictEqual(tickets.redeem(third), false);
});
