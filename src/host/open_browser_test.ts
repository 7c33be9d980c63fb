import { deepStrictEqual } from "node:assert/strict";
import { browserCommand } from "./open_browser.ts";

Deno.test("browserCommand() passes an address as one argument, to no shell", () => {
  const url = "http://127.0.0.1:4756/#ticket=a&b";
  const rows: [os: typeof Deno.build.os, command: string, args: string[]][] = [
    ["linux", "xdg-open", [url]],
    ["darwin", "open", [url]],
    ["windows", "rundll32.exe", ["url.dll,FileProtocolHandler", url]],
  ];
  for (const [os, command, args] of rows) deepStrictEqual(browserCommand(os, url), { command, args });
});
