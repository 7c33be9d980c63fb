/** How a run of `enrich` is told. */
import type { OperationContext } from "../contract/context.ts";
import type { Cell, View } from "../contract/view.ts";
import { moneyText } from "../report/cells.ts";
import { formatCount, formatTime } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import type { EnrichAnswer } from "./enrich_output.ts";
import { leftText } from "./run_enrich.ts";

/** Facts, then what is left, then notes. */
export function viewEnrich(output: EnrichAnswer, _input: unknown, context: OperationContext): View {
  return [
    ...blocksOf(output, context),
    ...(output.problem === undefined ? [] : [{ kind: "text" as const, text: output.problem, tone: "warn" as const }]),
    ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
  ];
}

function blocksOf(output: EnrichAnswer, context: OperationContext): View {
  const { end, forgotten, turns, toAsk, left, gateway } = output;
  const isOpper = gateway === "opper";
  if (forgotten !== undefined) {
    const { found, missing, traces = 0 } = forgotten;
    const text = found + missing + traces === 0
      ? "There was nothing to forget."
      : `Forgotten: ${countOf(found, "answer")}, and ${countOf(missing, "turn")} that OpenRouter did not know${
        traces === 0 ? "" : `; ${countOf(traces, "trace")} of Opper`
      }.`;
    return [{ kind: "text", text }];
  }
  if (end === "nothing") {
    const none = isOpper ? "No launch of that time opened a trace" : "No turn of that time has an id of OpenRouter's";
    const text = turns === 0
      ? `${none}: there is nothing to ask about.`
      : `All ${countOf(turns, isOpper ? "trace" : "turn")} were asked about before: there is nothing to ask about.`;
    return [{ kind: "text", text }];
  }
  const facts: [string, Cell][] = [
    [isOpper ? "Traces" : "Turns", {
      text: `${formatCount(turns)} at ${isOpper ? "Opper" : "OpenRouter"}, ${
        formatCount(output.known)
      } of them asked about before`,
    }],
    [end === "planned" ? "To ask" : "Asked", { text: `${formatCount(toAsk)}${span(output, context)}` }],
    ["Gateway", { text: output.host ?? "not asked" }],
    ["Key", output.key === undefined ? { text: "none", tone: "warn" } : { text: `of ${output.key}` }],
  ];
  if (end === "planned") {
    return [{ kind: "facts", facts }, { kind: "text", text: "Nothing was sent." }];
  }
  const billed = output.billedUsd === undefined ? "" : `, ${moneyText(output.billedUsd, context)} billed`;
  facts.push(["Found", { text: `${formatCount(output.found)}${billed}`, tone: output.found > 0 ? "good" : undefined }]);
  if (output.missing > 0) {
    facts.push(["Missing", {
      text: `${formatCount(output.missing)}, not known to ${isOpper ? "Opper" : "OpenRouter"}`,
    }]);
  }
  if (output.unread > 0) {
    facts.push(["Not understood", { text: `${countOf(output.unread, "answer")}; doctor has more`, tone: "warn" }]);
  }
  return [
    { kind: "facts", facts },
    ...(left === 0 ? [] : [{ kind: "text" as const, text: leftText(left, isOpper ? "trace" : "turn") }]),
  ];
}

function span({ oldest, newest }: EnrichAnswer, { now, timezone }: OperationContext): string {
  if (oldest === undefined || newest === undefined) return "";
  const [from, to] = [oldest, newest].map((time) => formatTime(Date.parse(time), timezone, now));
  return from === to ? `, of ${from}` : `, from ${from} to ${to}`;
}
