/** How the last prompt is shown to people: a table of its parts, and how they are known. */
import type { EpochMs } from "../../core/model.ts";
import { tokensCell } from "../report/cells.ts";
import { formatPercent, formatTime, formatTokens } from "../report/format.ts";
import type { Block } from "../contract/view.ts";
import type { ContextOutput } from "./context_output.ts";

/** When it is, and where. */
interface Clock {
  readonly timezone: string;
  readonly now: EpochMs;
}

type Part = ContextOutput["parts"][number];

/** The table first: it is what `--csv` prints. */
export function viewContext(context: ContextOutput, clock: Clock): readonly Block[] {
  const { parts, reason } = context;
  const notes = reason === undefined ? contextNotes(context, clock) : [];
  return [
    {
      kind: "table",
      title: contextTitle(context),
      columns: [
        { key: "part", title: "Part", shrink: "keep_start" },
        { key: "count", title: "Count", align: "right", priority: 3 },
        { key: "tokens", title: "Tokens", align: "right" },
        { key: "share", title: "Share", align: "right", priority: 1 },
        { key: "measured", title: "Known", priority: 2 },
        { key: "bar", title: "", bar: true, priority: 4 },
      ],
      rows: parts.map((part) => [
        { text: partLabel(part) },
        { text: part.count === 0 ? "" : String(part.count), value: part.count },
        tokensCell(part.tokens),
        { text: formatPercent(part.share), value: part.share },
        part.measured ? { text: "measured", value: "measured" } : { text: "about", tone: "dim" },
        { text: "", value: part.tokens },
      ]),
      empty: reason,
    },
    ...notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
  ];
}

/** `Last prompt: 98.2k tokens, 49.1% of the 200k that the model takes`. */
export function contextTitle({ promptTokens, window }: Pick<ContextOutput, "promptTokens" | "window">): string {
  if (promptTokens === undefined) return "Last prompt";
  const said = `Last prompt: ${formatTokens(promptTokens)} tokens`;
  return window === undefined
    ? said
    : `${said}, ${formatPercent(promptTokens / window)} of the ${formatTokens(window)} that the model takes`;
}

const LABELS: Readonly<Record<Exclude<Part["kind"], "tool_result">, string>> = {
  start: "system, tools and first message",
  compacted: "system, tools and summary",
  earlier: "system, tools and all before",
  user: "user",
  assistant: "assistant",
  other_tools: "results of other tools",
  image: "images",
  attachment: "added by the agent",
  summary: "summaries of branches",
  unexplained: "unexplained",
};

/** `system, tools and first message`, `results of bash`: as people read it. */
export function partLabel({ kind, name }: Pick<Part, "kind" | "name">): string {
  return kind === "tool_result" ? `results of ${name ?? "?"}` : LABELS[kind];
}

const WHY: Readonly<Record<NonNullable<ContextOutput["since"]>["why"], string>> = {
  compacted: "the conversation was compacted",
  model_changed: "another model answered, which counts tokens in its own way",
  shrunk: "the prompt became smaller, and the log does not say what was taken out",
  forked: "the session is a fork, and began with what it took over",
};

/** How the figures are known, in sentences. */
export function contextNotes(
  { parts, since }: Pick<ContextOutput, "parts" | "since">,
  { timezone, now }: Clock,
): readonly string[] {
  const notes = ["Measured by how much longer each prompt was than the one before."];
  if (parts.some(({ measured }) => !measured)) {
    notes.push(
      '"about": several parts came at once; they were measured together, and split by their length in the log.',
    );
  }
  if (since !== undefined) {
    notes.push(`Measured from ${formatTime(Date.parse(since.at), timezone, now, "seconds")} on: ${WHY[since.why]}.`);
  }
  return notes;
}
