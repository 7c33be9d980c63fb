import { deepStrictEqual } from "node:assert/strict";
import { type ClientStatus, readClientStatus } from "./status_input.ts";

const NOTHING: ClientStatus = {
  sessionId: undefined,
  file: undefined,
  cacheExpiresAt: undefined,
  promptId: undefined,
  cacheUsedAt: undefined,
  limits: undefined,
};

Deno.test("readClientStatus()", async (t) => {
  const rows: [name: string, text: string, status: ClientStatus | undefined][] = [
    [
      "what Claude Code sends",
      JSON.stringify({
        session_id: "e99afcf6",
        transcript_path: "/home/u/.claude/projects/-srv/e99afcf6.jsonl",
        cwd: "/srv",
        workspace: { current_dir: "/srv/web", project_dir: "/srv" },
        prompt_id: "808dd3c3",
        model: { id: "claude-opus-4-6", display_name: "Opus" },
        cost: { total_cost_usd: 1.5 },
        prompt_cache: { warm: true, caching_observed: true, ttl: "1h", expires_at: 1795220000, hit_ratio: 0.97 },
        rate_limits: { five_hour: { used_percentage: 42.4, resets_at: 1795230000 } },
      }),
      {
        sessionId: "e99afcf6",
        file: "/home/u/.claude/projects/-srv/e99afcf6.jsonl",
        cacheExpiresAt: 1795220000000,
        promptId: "808dd3c3",
        // An hour before it expires.
        cacheUsedAt: 1795216400000,
        limits: { five_hour: { used_percentage: 42.4, resets_at: 1795230000 } },
      },
    ],
    ["a lifetime that is none of ours", '{"prompt_cache":{"ttl":"2h","expires_at":1795220000}}', {
      ...NOTHING,
      cacheExpiresAt: 1795220000000,
    }],
    ["limits of another shape", '{"rate_limits":[1],"prompt_id":7}', NOTHING],
    ["an older one", '{"session_id":"a","cwd":"/srv"}', { ...NOTHING, sessionId: "a" }],
    [
      "a cache that nothing was seen of",
      '{"session_id":"a","prompt_cache":{"expires_at":null}}',
      { ...NOTHING, sessionId: "a" },
    ],
    ["an expiry in milliseconds, which is none", '{"prompt_cache":{"expires_at":1795220000000}}', NOTHING],
    ["an expiry that is no number", '{"prompt_cache":{"expires_at":"soon"}}', NOTHING],
    ["other shapes", '{"session_id":7,"transcript_path":"","workspace":[],"cwd":{},"prompt_cache":1}', NOTHING],
    ["raw line breaks and tabs in a string", '{"title":"a\r\n\tb\\n","session_id":"a"}', {
      ...NOTHING,
      sessionId: "a",
    }],
    [
      "a path of Windows as it is, with what looks like escapes",
      String.raw`{"session_id":"a","transcript_path":"C:\Users\new\u00e9\a.jsonl"}`,
      { ...NOTHING, sessionId: "a", file: String.raw`C:\Users\new\u00e9\a.jsonl` },
    ],
    [
      "and one that is written as it should be, beside a raw line break",
      String.raw`{"transcript_path":"C:\\Users\\new\\a.jsonl","x":"` + '\n"}',
      { ...NOTHING, file: String.raw`C:\Users\new\a.jsonl` },
    ],
    ["a key twice, of which the last counts, as in all of JSON", '{"session_id":"b","session_id":"a"}', {
      ...NOTHING,
      sessionId: "a",
    }],
    ["two objects", '{"session_id":"a"}{"session_id":"b"}', undefined],
    ["nothing", "", undefined],
    ["half of it", '{"session_id":"a"', undefined],
    ["a list", "[]", undefined],
    ["null", "null", undefined],
  ];
  for (const [name, text, status] of rows) {
    await t.step(name, () => deepStrictEqual(readClientStatus(text), status));
  }
});
