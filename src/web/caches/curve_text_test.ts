import { strictEqual } from "node:assert/strict";
import { fitSentence, inWords, type LifetimeJson, seenSentence, useText } from "./curve_text.ts";

const MINUTE = 60_000;

const LEARNED: LifetimeJson = {
  pool: "model",
  provider: "openai",
  model: "gpt-5.5",
  samples: 7,
  survivals: 4,
  drops: 3,
  used: true,
  decidedBy: "history",
  fit: { warmUntilMs: 12 * MINUTE, coldFromMs: 60 * MINUTE, ttlMs: 36 * MINUTE },
  curve: {
    points: [],
    // Between 5 minutes and an hour, both ends counted: three survivals and two losses.
    survivals: [2, 5, 12, 30].map((minutes) => minutes * MINUTE),
    drops: [20, 60, 61].map((minutes) => minutes * MINUTE),
  },
};

const of = (changes: Partial<LifetimeJson>): LifetimeJson => ({ ...LEARNED, ...changes });

Deno.test("what was seen", async (t) => {
  const curve = LEARNED.curve!;
  const rows: [name: string, lifetime: LifetimeJson, said: string][] = [
    ["all pauses are known", LEARNED, "Of 5 pauses between 5 minutes and 1 hour, 3 survived."],
    ["some are left out", of({ samples: 9, survivals: 6 }), "Of 9 pauses of more than a minute, 6 survived."],
    ["no curve was asked for", of({ curve: undefined }), "Of 7 pauses of more than a minute, 4 survived."],
    [
      "none of that length",
      of({ samples: 1, survivals: 1, drops: 0, curve: { ...curve, survivals: [2 * MINUTE], drops: [] } }),
      "The one pause of more than a minute survived.",
    ],
    [
      "none survived",
      of({
        samples: 33,
        survivals: 0,
        drops: 33,
        curve: { ...curve, survivals: [], drops: Array(33).fill(90 * MINUTE) },
      }),
      "Of 33 pauses of more than a minute, none survived.",
    ],
    [
      "all survived",
      of({ samples: 1200, survivals: 1200, drops: 0, curve: undefined }),
      "Of 1,200 pauses of more than a minute, all survived.",
    ],
  ];
  for (const [name, lifetime, said] of rows) await t.step(name, () => strictEqual(seenSentence(lifetime), said));
});

Deno.test("what follows", async (t) => {
  const rows: [name: string, lifetime: LifetimeJson, said: string][] = [
    ["a fit", LEARNED, "Nine in ten survive up to 12m 00s; half or more are gone after 1h 00m."],
    [
      "gone from the beginning",
      of({ fit: { warmUntilMs: 0, coldFromMs: 5 * MINUTE, ttlMs: 2.5 * MINUTE } }),
      "Less than nine in ten survive a minute; half or more are gone after 5m 00s.",
    ],
    [
      "too few",
      of({ fit: undefined, survivals: 0, drops: 33 }),
      "3 survivals and 2 losses after more than a minute are needed; there are 0 and 33.",
    ],
    ["no end", of({ fit: undefined, survivals: 30, drops: 2 }), "No pause was long enough to see an end."],
  ];
  for (const [name, lifetime, said] of rows) await t.step(name, () => strictEqual(fitSentence(lifetime), said));
});

Deno.test("whether it is used", async (t) => {
  const documented = { used: false, decidedBy: "documented" } as const;
  const rows: [lifetime: LifetimeJson, said: string][] = [
    [LEARNED, "used"],
    [
      of({ ...documented, curve: { ...LEARNED.curve!, documentedMs: [5 * MINUTE, 60 * MINUTE] } }),
      "not used: the provider documents 5 minutes or 1 hour",
    ],
    [of(documented), "not used: the provider documents its lifetimes"],
    [of({ used: false, decidedBy: "recorded" }), "not used: the agent records when each cache expires"],
    [of({ used: false, decidedBy: undefined }), "not used: which host is behind this name is not known"],
  ];
  for (const [lifetime, said] of rows) await t.step(said, () => strictEqual(useText(lifetime), said));
});

Deno.test("times in words", () => {
  for (
    const [minutes, said] of [[1, "1 minute"], [30, "30 minutes"], [60, "1 hour"], [1440, "24 hours"], [
      0.5,
      "30s",
    ]] as const
  ) {
    strictEqual(inWords(minutes * MINUTE), said);
  }
});
