/** What the picture of costs is drawn by: unit of time, parts, measure, and whether the span before is drawn too. */
import type { VNode } from "preact";
import { CALENDAR_UNITS } from "../../core/calendar.ts";
import { KEY_TITLES } from "../../operations/report/key_cells.ts";
import { go } from "../address.ts";
import { Choice } from "../choice.tsx";
import { type CostChoice, SPLITS } from "./cost_questions.ts";
import { METRICS } from "./metrics.ts";

export function CostControls({ choice }: { readonly choice: CostChoice }): VNode {
  return (
    <div class="controls no-print">
      <Choice
        label="By"
        name="by"
        value={choice.by}
        values={CALENDAR_UNITS.map((unit) => [unit, KEY_TITLES[unit]])}
      />
      <Choice label="Split" name="split" value={choice.split ?? "none"} values={[...SPLITS, ["none", "None"]]} />
      <Choice
        label="Measure"
        name="metric"
        value={choice.metric}
        values={Object.entries(METRICS).map(([name, { title }]) => [name, title])}
      />
      <label class="check-inline">
        <input
          type="checkbox"
          checked={choice.isCompared}
          onChange={(event) => go({ query: { compare: event.currentTarget.checked ? "1" : "" } })}
        />
        Compare with the span before
      </label>
    </div>
  );
}
