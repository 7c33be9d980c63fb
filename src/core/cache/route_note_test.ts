import { strictEqual } from "node:assert/strict";
import { routeNote, stickyUntil } from "./route_note.ts";

const SERVED = { upstream: "Google", turns: 4, requests: 40, elsewhere: 2, at: Date.parse("2026-11-20T14:22:00Z") };
const MINUTE = 60_000;

Deno.test("routeNote() says who served a conversation, and for how long it will", () => {
  const sayTime = (at: number) => new Date(at).toISOString().slice(11, 16);
  strictEqual(stickyUntil(SERVED), Date.parse("2026-11-20T14:32:00Z"));
  strictEqual(
    routeNote(SERVED, SERVED.at + 9 * MINUTE, sayTime),
    "Google served the last 4 turns. OpenRouter keeps to it until 14:32 (10 minutes); 2 of the last 40 requests went elsewhere.",
  );
  strictEqual(
    routeNote({ ...SERVED, turns: 1 }, SERVED.at + 10 * MINUTE, sayTime),
    "Google served the last turn. OpenRouter kept to it until 14:32 (10 minutes), and may go elsewhere now; " +
      "2 of the last 40 requests went elsewhere.",
  );
  strictEqual(
    routeNote(SERVED, SERVED.at),
    "Google served the last 4 turns. OpenRouter keeps to it for 10 minutes after a request; 2 of the last 40 requests went elsewhere.",
  );
});
