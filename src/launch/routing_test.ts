/** Addresses and tags as tables. */
import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { chooseHost, compatUrl, type HostChoice, hostOf, parseTags, sessionUrl } from "./routing.ts";

const UUID = "0b9a7f0e-6c1d-4a52-9f3e-2d8c5b7a1e40";

Deno.test("hostOf cuts a base URL back to its host", async (t) => {
  const rows: [baseUrl: string, host: string][] = [
    ["https://api.opper.ai", "https://api.opper.ai"],
    ["https://api.opper.ai/", "https://api.opper.ai"],
    [" https://API.opper.ai:443/ ", "https://api.opper.ai"],
    ["https://api.opper.ai/v3", "https://api.opper.ai"],
    ["https://api.opper.ai/v3/compat", "https://api.opper.ai"],
    ["https://api.opper.ai/v3/compat/", "https://api.opper.ai"],
    [`https://api.opper.ai/v3/session/sess_${UUID}`, "https://api.opper.ai"],
    [`https://api.opper.ai/v3/session/sess_${UUID}/run:v3/team:a%2Fv3%2Fb`, "https://api.opper.ai"],
    ["https://api.opper.ai/v2/analytics/usage", "https://api.opper.ai"],
    ["http://127.0.0.1:8123/v3/session/x", "http://127.0.0.1:8123"],
    ["http://[::1]:8123", "http://[::1]:8123"],
    ["https://proxy.example/opper/v3/compat", "https://proxy.example/opper"],
    ["https://proxy.example/v30/", "https://proxy.example/v30"],
    [` "https://api.opper.ai"\r\n`, "https://api.opper.ai"],
  ];
  for (const [baseUrl, host] of rows) {
    await t.step(baseUrl, () => {
      strictEqual(hostOf(baseUrl), host);
      strictEqual(hostOf(host), host);
    });
  }
});

Deno.test("hostOf refuses what no key should be sent to, and repeats no password", async (t) => {
  const rows: [baseUrl: string, message: string][] = [
    ["api.opper.ai", `--base-url is "api.opper.ai": expected a URL that begins with https:// or http://.`],
    ["", `--base-url is "": expected a URL that begins with https:// or http://.`],
    ["ftp://api.opper.ai", `--base-url is "ftp://api.opper.ai": expected a URL that begins with https:// or http://.`],
    ["file:///etc/passwd", `--base-url is "file:///etc/passwd": expected a URL that begins with https:// or http://.`],
    ["me:secret@api.opper.ai", `--base-url is "…@api.opper.ai": expected a URL that begins with https:// or http://.`],
    ["ftp://me:secret@x", `--base-url is "ftp://…@x": expected a URL that begins with https:// or http://.`],
    [
      "https://me:secret@api.opper.ai",
      `--base-url is "https://api.opper.ai" with a user or password: expected the host alone.`,
    ],
    ["https://api.opper.ai/?key=secret", `--base-url is "https://api.opper.ai" with a query: expected the host alone.`],
    ["https://api.opper.ai/#secret", `--base-url is "https://api.opper.ai" with a fragment: expected the host alone.`],
  ];
  for (const [baseUrl, message] of rows) {
    await t.step(baseUrl, () => {
      throws(() => hostOf(baseUrl, { from: "--base-url", code: "launch_failed" }), (error) => {
        strictEqual(error instanceof AgentError && error.code, "launch_failed");
        strictEqual(error instanceof AgentError && error.message, message);
        return true;
      });
    });
  }
});

Deno.test("chooseHost", async (t) => {
  const session = `https://b.example/v3/session/sess_${UUID}/team:core`;
  const rows: [choice: HostChoice, host: string][] = [
    [{}, "https://api.opper.ai"],
    [{ slot: "https://c.example" }, "https://c.example"],
    [{ environment: session, slot: "https://c.example" }, "https://b.example"],
    [{ flag: "https://a.example/v3/compat", environment: session, slot: "https://c.example" }, "https://a.example"],
    [{ environment: "", slot: "" }, "https://api.opper.ai"],
  ];
  for (const [choice, host] of rows) await t.step(JSON.stringify(choice), () => strictEqual(chooseHost(choice), host));

  const wrong: [choice: HostChoice, code: string, from: string][] = [
    [{ flag: "" }, "usage", "--base-url"],
    [{ environment: "nonsense" }, "launch_failed", "OPPER_BASE_URL"],
    [{ slot: "nonsense" }, "launch_failed", "The base URL of the stored key"],
  ];
  for (const [choice, code, from] of wrong) {
    await t.step(`refused: ${JSON.stringify(choice)}`, () => {
      throws(
        () => chooseHost(choice, "launch_failed"),
        (error) => error instanceof AgentError && error.code === code && error.message.startsWith(`${from} is `),
      );
    });
  }
});

Deno.test("sessionUrl and compatUrl", async (t) => {
  const rows: [tags: readonly string[], path: string][] = [
    [[], ""],
    [["team=core"], "/team:core"],
    [["b=2", "a=1", "B=3"], "/B:3/a:1/b:2"],
    [["path=a/b?c#d e"], "/path:a%2Fb%3Fc%23d%20e"],
    [["name=日本=x:y"], "/name:%E6%97%A5%E6%9C%AC%3Dx%3Ay"],
    [["up=.."], "/up:.."],
  ];
  for (const [tags, path] of rows) {
    await t.step(tags.join(" "), () => {
      const url = sessionUrl("https://api.opper.ai", UUID, parseTags(tags));
      strictEqual(url, `https://api.opper.ai/v3/session/sess_${UUID}${path}`);
      // What an agent appends must land below the session, and a launch inside it must find back to the host.
      strictEqual(new URL(`${url}/chat/completions`).href, `${url}/chat/completions`);
      strictEqual(hostOf(url), "https://api.opper.ai");
    });
  }
  await t.step("without a session", () => strictEqual(compatUrl("https://x.example"), "https://x.example/v3/compat"));
});

Deno.test("parseTags", async (t) => {
  const eight = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `k${n}=${n}`);
  const rows: [texts: readonly string[], tags: Record<string, string>][] = [
    [[], {}],
    [["z=1", "a=2"], { a: "2", z: "1" }],
    [["a=b=c"], { a: "b=c" }],
    [["constructor=x"], Object.fromEntries([["constructor", "x"]])],
    [[`a${"b".repeat(63)}=x`], { [`a${"b".repeat(63)}`]: "x" }],
    // 128 times two bytes.
    [[`a=${"é".repeat(128)}`], { a: "é".repeat(128) }],
    [["opperator=x", "Team.a_b-1=y"], { "Team.a_b-1": "y", opperator: "x" }],
    [eight, Object.fromEntries(eight.map((text) => text.split("=")))],
  ];
  for (const [texts, tags] of rows) {
    await t.step(texts.join(" ").slice(0, 60), () => {
      deepStrictEqual(Object.entries(parseTags(texts)), Object.entries(tags));
    });
  }

  const wrong: [texts: readonly string[], message: RegExp][] = [
    [["team"], /^Expected KEY=VALUE for --tag, not "team"\.$/],
    [["=x"], /^The key of --tag "=x" is "": expected a letter/],
    [["1a=x"], /is "1a": expected a letter/],
    [["a b=x"], /is "a b": expected a letter/],
    [["é=x"], /is "é": expected a letter/],
    [[`a${"b".repeat(64)}=x`], /expected a letter, then up to 63/],
    [["opper.x=1"], /begins with "opper\.", which is reserved/],
    [["a=1", "a=2"], /^--tag "a" was given twice/],
    [["run="], /^--tag "run=" has no value\.$/],
    [[`a=${"é".repeat(128)}x`], /has 257 bytes: expected at most 256/],
    [["a=\ud800"], /not valid Unicode/],
    [[...eight, "k9=9"], /^--tag was given 9 times: expected at most 8\.$/],
  ];
  for (const [texts, message] of wrong) {
    await t.step(`refused: ${texts.at(-1)!.slice(0, 40)}`, () => {
      throws(
        () => parseTags(texts),
        (error) => error instanceof AgentError && error.code === "usage" && message.test(error.message),
      );
    });
  }
});
