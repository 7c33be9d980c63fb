import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type Component, options, type VNode } from "preact";
import { follow, signal } from "./signal.ts";

Deno.test("follow() runs again when what it read the last time changes, and not otherwise", () => {
  const [which, a, b] = [signal("a"), signal(1), signal(2)];
  const seen: number[] = [];
  follow(() => {
    seen.push(which.value === "a" ? a.value : b.value);
  });
  a.value = 3;
  a.value = 3;
  b.value = 4;
  which.value = "b";
  a.value = 5;
  b.value = 6;
  deepStrictEqual(seen, [1, 3, 4, 6]);
});

Deno.test("what is peeked at is not followed", () => {
  const [read, peeked] = [signal(1), signal(1)];
  let runs = 0;
  follow(() => {
    runs += read.value + peeked.peek() > 0 ? 1 : 0;
  });
  peeked.value = 2;
  strictEqual(runs, 1);
  read.value = 2;
  strictEqual(runs, 2);
});

Deno.test("an effect within another one has what it reads for itself", () => {
  const [outer, inner] = [signal(0), signal(0)];
  const seen: string[] = [];
  const begun = signal(false);
  follow(() => {
    seen.push(`outer ${outer.value}`);
    if (begun.peek()) return;
    begun.value = true;
    follow(() => {
      seen.push(`inner ${inner.value}`);
    });
  });
  inner.value = 1;
  outer.value = 1;
  deepStrictEqual(seen, ["outer 0", "inner 0", "inner 1", "outer 1"]);
});

Deno.test("a component follows what it read while it drew itself, until it is gone", () => {
  const { __r: draws, diffed, unmount } = options as unknown as Record<string, (drawn: VNode) => void>;
  const [followed, other] = [signal(0), signal(0)];
  let draw = 0;
  const component = { forceUpdate: () => draw++ } as unknown as Component;
  const drawn = { __c: component } as unknown as VNode;
  draws!(drawn);
  strictEqual(followed.value, 0);
  diffed!(drawn);
  strictEqual(other.value, 0);
  followed.value = 1;
  other.value = 1;
  strictEqual(draw, 1);
  unmount!(drawn);
  unmount!({ __c: null } as unknown as VNode);
  followed.value = 2;
  strictEqual(draw, 1);
});
