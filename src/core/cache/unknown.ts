/**
 * The answer if no lifetime is documented and none could be learned: the reason, with the figures.
 *
 * Never guesses. A prefix that is lost whatever the clock says is still cold.
 */
import type { ModelRef } from "../model.ts";
import { inOnePiece } from "../in_one_piece.ts";
import { settledState } from "./settled_state.ts";
import { type CacheStrategy, type LearnedLifetime, NEEDED_DROPS, NEEDED_SURVIVALS } from "./strategy.ts";

export const unknownLifetime: CacheStrategy = {
  id: "unknown",
  stateAt(anchor, _now, lifetimes) {
    return settledState(anchor) ?? {
      state: "unknown",
      tokens: anchor.tokens,
      reason: reasonOf(anchor.model, lifetimes.lookUp(anchor.model, anchor.upstream)),
    };
  },

  coldFrom: () => undefined,

  // It has none: the reason says what is missing.
  sayBriefly: ({ basis }) => basis,
};

function reasonOf({ provider }: ModelRef, learned: LearnedLifetime | undefined): string {
  const { survivals = 0, drops = 0 } = learned ?? {};
  const enough = survivals >= NEEDED_SURVIVALS && drops >= NEEDED_DROPS;
  const who = provider === "unknown" ? "The log does not say who served it" : `${provider} documents no lifetime`;
  return inOnePiece(
    `${who}, and this machine's history has ${survivals} survivals and ${drops} drops ` +
      (enough
        ? "that show no end: most survived at any pause"
        : `where ${NEEDED_SURVIVALS} and ${NEEDED_DROPS} are needed`),
  );
}
