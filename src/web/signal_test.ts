import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Signal } from "./signal.ts";

Deno.test("a signal tells its value, and each other one until nobody listens", () => {
  const signal = new Signal(1);
  const [first, second]: [number[], number[]] = [[], []];
  const end = signal.subscribe((value) => first.push(value));
  signal.value = 2;
  signal.subscribe((value) => second.push(value));
  signal.value = 2;
  signal.value = 3;
  end();
  signal.value = 4;
  deepStrictEqual([first, second], [[1, 2, 3], [2, 3, 4]]);
  strictEqual(signal.peek(), 4);
});

Deno.test("a signal that is set while it tells has told the last value last", () => {
  const signal = new Signal("a");
  const told: string[] = [];
  signal.subscribe((value) => {
    if (value === "b") signal.value = "c";
  });
  signal.subscribe((value) => told.push(value));
  signal.value = "b";
  strictEqual(told.at(-1), "c");
});
