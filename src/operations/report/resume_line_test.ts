import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { resumeLine } from "./resume_line.ts";

Deno.test("resumeLine()", async (t) => {
  const rows: [cwd: string | undefined, start: string | undefined][] = [
    [undefined, ""],
    ["/srv/app", "cd /srv/app && "],
    ["/srv/my app", "cd '/srv/my app' && "],
    ["/srv/it's", "cd '/srv/it'\\''s' && "],
    ["/srv/$(touch x)`y`;z", "cd '/srv/$(touch x)`y`;z' && "],
    ["~/app", "cd '~/app' && "],
    ["-", "cd -- - && "],
    ["", "cd '' && "],
    ["/srv/a\nb", undefined],
    ["/srv/\u001b[31m", undefined],
    ["C:\\Users\\kim\\my app", 'cd "C:\\Users\\kim\\my app" && '],
    ['C:\\x" & calc', undefined],
    ["C:\\$(calc)", undefined],
    ["C:\\%PATH%", undefined],
  ];
  for (const [cwd, start] of rows) {
    await t.step(JSON.stringify(cwd) ?? "none", () => {
      strictEqual(resumeLine(["pi", "--session", "a"], cwd), start === undefined ? start : `${start}pi --session a`);
    });
  }
  await t.step("an id with a blank", () => {
    strictEqual(resumeLine(["pi", "--session", "the build; rm x"], undefined), "pi --session 'the build; rm x'");
  });
  if (Deno.build.os !== "windows") {
    await t.step("a shell takes each as one word", () => {
      const odd = ["a b", "$(echo x)", "`echo x`", "it's", '"q"', "a;b", "a&b", "*", "~", "!x", "\\", "é"];
      const line = resumeLine(["printf", "%s\\n", ...odd], "/")!;
      const { stdout } = new Deno.Command("sh", { args: ["-c", line] }).outputSync();
      deepStrictEqual(new TextDecoder().decode(stdout).split("\n").slice(0, -1), odd);
    });
  }
});
