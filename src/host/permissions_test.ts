import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../tests/support/run_agent.ts";
import { guardedReason, isGuarded } from "./permissions.ts";

Deno.test("isGuarded()", { ignore: Deno.build.os !== "linux" }, async (t) => {
  await withTemporaryDirectory(async (directory) => {
    await Deno.symlink("/dev/shm", join(directory, "link"));
    const rows: [path: string, expected: boolean][] = [
      ["/dev/shm", true],
      ["/dev/shm/missing/below", true],
      [join(directory, "link"), true],
      [join(directory, "link/missing/below"), true],
      ["/proc/self", true],
      ["/sys/kernel", true],
      [directory, false],
      [join(directory, "missing/below"), false],
      [join(directory, "x".repeat(5000)), false],
      ["/dev", false],
      ["/dev/null", false],
      ["/dev/null/below", false],
      ["/dev/fd/63", false],
      ["/devices", false],
      ["/", false],
    ];
    for (const [path, expected] of rows) {
      await t.step(path.slice(0, 100), () => strictEqual(isGuarded(path), expected));
    }
  });
});

Deno.test("guardedReason()", () => {
  const refused = new Deno.errors.NotCapable('Requires all access to "/dev/shm/a", run again with --allow-all');
  strictEqual(guardedReason(refused)?.startsWith("files below /dev, /proc and /sys are opened only where"), true);
  const others = [new Deno.errors.NotCapable("Requires net access"), new Error("Requires all access"), "x"];
  deepStrictEqual(others.map(guardedReason), [undefined, undefined, undefined]);
});
