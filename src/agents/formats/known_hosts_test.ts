import { strictEqual } from "node:assert/strict";
import { sellerAt } from "./known_hosts.ts";

Deno.test("sellerAt()", async (t) => {
  const rows: [url: string | undefined, seller: string | undefined][] = [
    ["https://api.opper.ai/v3/compat/openai", "opper"],
    ["https://opper.ai", "opper"],
    ["HTTPS://API.OPPER.AI:443/v1?x=1", "opper"],
    ["https://user:p@ss@openrouter.ai/api/v1", "openrouter"],
    ["https://api.openai.com#x", "openai"],
    // Others' hosts with such a name in them.
    ["https://api.opper.ai.example.com/v1", undefined],
    ["https://notopper.ai/v1", undefined],
    ["https://example.com/api.openai.com", undefined],
    ["https://example.com/?to=https://api.openai.com/", undefined],
    ["http://127.0.0.1:41621/v1", undefined],
    ["api.openai.com", undefined],
    ["", undefined],
    [undefined, undefined],
  ];
  for (const [url, seller] of rows) await t.step(String(url), () => strictEqual(sellerAt(url), seller));
});
