/** The card as the real server gives it: in both eras, to whoever asks, small, and with nothing in it that loads anything. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type Json, type McpClient, startMcp } from "./support/mcp_client.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";
import { makeSmallHome } from "./support/small_home.ts";

const CARD = "ui://opper-agent/card.html";
/** All of it, as it is sent. */
const MOST_BYTES = 20_000;
const KEY = "io.modelcontextprotocol/";

async function withServer(body: (client: McpClient) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await makeSmallHome(home);
    await using client = await startMcp({ home });
    await body(client);
  });
}

/** What a modern request says of itself. @param extensions that its client knows */
const envelope = (extensions: Json = {}): Json => ({
  _meta: {
    [`${KEY}protocolVersion`]: "2026-07-28",
    [`${KEY}clientCapabilities`]: { extensions },
  },
});
const KNOWS_CARDS = { [`${KEY}ui`]: { mimeTypes: ["text/html;profile=mcp-app"] } };

async function readCard(client: McpClient, more: Json = {}): Promise<Json> {
  return (await client.request("resources/read", { uri: CARD, ...more })).result as Json;
}

Deno.test("the card is a resource of the type that hosts draw, which asks for nothing", () =>
  withServer(async (client) => {
    const { contents, ...rest } = await readCard(client);
    // No field of the new era.
    deepStrictEqual(rest, {});
    const [{ text, ...card }, ...others] = contents as [Json, ...Json[]];
    deepStrictEqual(others, []);
    deepStrictEqual(card, {
      uri: CARD,
      mimeType: "text/html;profile=mcp-app",
      _meta: {
        ui: {
          csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
          prefersBorder: true,
        },
      },
    });
    match(String(text), /^<!DOCTYPE html>/);
  }));

Deno.test("in the new era it may be kept for a day by everybody", () =>
  withServer(async (client) => {
    const modern = await readCard(client, envelope());
    deepStrictEqual([modern["ttlMs"], modern["cacheScope"], modern["resultType"]], [86_400_000, "public", "complete"]);
    deepStrictEqual(modern["contents"], (await readCard(client))["contents"]);
    const { result } = await client.request("server/discover", envelope());
    const { extensions } = (result as Json)["capabilities"] as Record<string, Json>;
    deepStrictEqual(extensions![`${KEY}ui`], {});
  }));

Deno.test("the card is small, and there is nothing in it that loads, evaluates or parses anything", () =>
  withServer(async (client) => {
    const [{ text }] = (await readCard(client))["contents"] as [{ text: string }];
    const bytes = new TextEncoder().encode(text).length;
    ok(bytes <= MOST_BYTES, `the card has ${bytes} bytes`);
    // The one address is a name: of the elements of a drawing.
    const named = text.replaceAll("http://www.w3.org/2000/svg", "");
    for (
      const wrong of [
        /https?:/,
        /\burl\(/,
        /@import/,
        /\bimport\b/,
        /\bfetch\b/,
        /XMLHttpRequest|WebSocket|EventSource|sendBeacon|Worker/,
        /\beval\b|\bFunction\(/,
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment/,
        /\bsrc\s*=|\bhref\b/,
        /localStorage|sessionStorage|indexedDB|\bcookie\b/,
        /\bopen\(|location/,
      ]
    ) ok(!wrong.test(named), `the card has ${wrong}`);
    strictEqual(text.match(/<script/g)?.length, 1);
    match(text, /http-equiv="Content-Security-Policy" content="default-src 'none';/);
  }));

Deno.test("three tools name the card, and lists are the same for whoever can draw it and whoever cannot", () =>
  withServer(async (client) => {
    const listed = async (method: string, params: Json = {}): Promise<Json> => {
      const answer = (await client.request(method, params)).result as Json;
      return (answer["tools"] ?? answer["resources"]) as Json;
    };
    for (const method of ["tools/list", "resources/list"]) {
      const without = await listed(method, envelope());
      deepStrictEqual(await listed(method, envelope(KNOWS_CARDS)), without);
      deepStrictEqual(await listed(method), without);
    }
    const tools = await listed("tools/list") as unknown as readonly { name: string; _meta?: Json }[];
    deepStrictEqual(
      tools.filter(({ _meta }) => _meta !== undefined).map(({ name, _meta }) => [name, _meta]),
      ["session_cost", "cache_status", "usage_report"].map((name) => [name, { ui: { resourceUri: CARD } }]),
    );
    // What a model is told is what it was: the text is the answer itself.
    for (const name of ["cache_status", "usage_report"]) {
      const { content, structuredContent } = await client.call(name, { as_of: "2026-11-20T12:00:00Z" });
      deepStrictEqual([content.length, JSON.parse(content[0]!.text)], [1, structuredContent]);
    }
    const resources = await listed("resources/list") as unknown as readonly { uri: string }[];
    ok(resources.length > 0 && resources.every(({ uri }) => uri !== CARD));
  }));

Deno.test("another page is not there", () =>
  withServer(async (client) => {
    for (const uri of [`${CARD}?x`, "ui://opper-agent/other.html", "UI://opper-agent/card.html"]) {
      strictEqual((await client.request("resources/read", { uri })).error?.code, -32002);
    }
  }));
