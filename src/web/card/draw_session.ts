/** `session_cost`: what a session cost, what of it came from the cache, how long the cache lives, and a chart of prompts. */
import { promptTokens } from "../../core/model.ts";
import { causeText } from "../../operations/report/cause_text.ts";
import { costCell, percentCell, turnsCell, usdCell } from "../../operations/report/cells.ts";
import { formatTokens } from "../../operations/report/format.ts";
import { countOf } from "../../operations/report/notes.ts";
import { pathForms } from "../../operations/report/path_forms.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { basisText } from "../session/basis_text.ts";
import { type Child, element, foreign, soft } from "./element.ts";
import { missTile, tile, tiles } from "./tile.ts";
import { type Tick, timeLeft } from "./time_left.ts";

type Session = SessionOutput["session"];

/** The title, below it which session it is. */
export function headSession({ session }: SessionOutput): readonly Child[] {
  const { title, shortId, source, cwd, models } = session;
  const project = cwd === undefined ? undefined : pathForms(cwd)[1];
  const facts = [title === undefined ? undefined : shortId, source, project, ...models.map(({ model }) => model)];
  return [
    element("h1", { title }, foreign(title ?? `Session ${shortId}`)),
    soft(foreign(facts.filter((fact) => fact !== undefined).join(" · "))),
  ];
}

/** Its figures. */
export function drawSession({ session }: SessionOutput, tick: Tick): readonly Child[] {
  const { cost, cacheHitRatio, usage, subagents } = session;
  return [
    tiles(
      tile(
        "Cost",
        costCell(cost).text,
        basisText(cost),
        cost.unlogged && `${usdCell(cost.unlogged.usd).text} more by the agent's own total`,
      ),
      tile("Turns", turnsCell(session).text, subagents > 0 && `with ${countOf(subagents, "sub-agent")}`),
      tile(
        "Read from the cache",
        percentCell(cacheHitRatio).text,
        `of ${formatTokens(promptTokens(usage))} prompt tokens`,
      ),
      missTile(session),
      cacheTile(session, tick),
      resumeTile(session),
    ),
  ];
}

function cacheTile({ cache }: Session, tick: Tick): HTMLElement {
  return tile(
    cache.state === "warm" ? "Cache stays warm" : "Cache",
    ...timeLeft(cache, tick),
    cache.tokens > 0 && `${formatTokens(cache.tokens)} tokens`,
    cache.reason !== undefined && causeText(cache.reason),
  );
}

function resumeTile({ cache: { state, resumeUsd } }: Session): Child {
  if (resumeUsd === undefined) return undefined;
  const { warm, cold } = resumeUsd;
  const name = "Its next prompt";
  if (state === "cold") return tile(name, usdCell(cold).text, `${usdCell(warm).text} had it stayed warm`);
  return tile(name, usdCell(warm).text, `${usdCell(cold).text} once cold`);
}
