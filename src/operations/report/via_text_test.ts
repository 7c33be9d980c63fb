import { strictEqual } from "node:assert/strict";
import { missCauseText, viaText } from "./via_text.ts";

Deno.test("viaText()", () => {
  strictEqual(viaText({}), "");
  strictEqual(viaText({ upstream: { provider: "Anthropic" } }), "Anthropic");
  const attempts = [{ provider: "Anthropic", status: 529 }, { provider: "Azure" }, { provider: "Google", status: 200 }];
  strictEqual(viaText({ upstream: { provider: "Google", attempts } }), "Google ← Anthropic 529, Azure");
  strictEqual(viaText({ replayOf: "gen-1" }), "cache replay");
});

Deno.test("missCauseText()", () => {
  const rerouted = { from: "A", to: "B", cause: "failover", status: 529 } as const;
  strictEqual(missCauseText({ cause: "prefix_changed", rerouted }), "prefix changed");
  strictEqual(missCauseText({ cause: "rerouted", rerouted }), "rerouted (A to B, failover after 529)");
  strictEqual(
    missCauseText({ cause: "rerouted", rerouted: { from: "A", to: "B", cause: "sticky_expired" } }),
    "rerouted (A to B, 10 minutes without a request)",
  );
});
