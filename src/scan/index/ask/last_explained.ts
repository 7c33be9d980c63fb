/** The turns of the session that was asked for last: a page asks several questions about it, and its logs are long. */
import type { ExplainedTurn } from "./explain_session.ts";

type Turns = Promise<readonly ExplainedTurn[] | undefined>;

export class LastExplained {
  #last: { readonly session: number; readonly turns: Turns } | undefined;

  /** Calls at the same time share one answer. What failed is asked for again. */
  read(session: number, explain: () => Turns): Turns {
    if (this.#last?.session === session) return this.#last.turns;
    const last = { session, turns: explain() };
    this.#last = last;
    last.turns.catch(() => {
      if (this.#last === last) this.#last = undefined;
    });
    return last.turns;
  }
}
