/** What the bars are made of, whole: every part with its sums, as `cost --by` prints it. A click makes one the filter. */
import type { VNode } from "preact";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { costTable } from "../../operations/usage/cost_table.ts";
import { partClass } from "../charts/colours.ts";
import { keyNames, NO_HOME } from "../key_names.ts";
import { ViewTable } from "../table/view_table.tsx";

/** Beside seven with colours, those that make up most of the rest. */
const MOST_SHOWN = 12;

export function CostParts({ answer, isWhole, onWhole, coloured, onPart }: {
  /** By the key that bars are split by. */
  readonly answer: CostOutput;
  readonly isWhole: boolean;
  readonly onWhole: () => void;
  /** Keys that have a colour of their own in the bars. */
  readonly coloured: ReadonlySet<string>;
  readonly onPart: (key: string) => void;
}): VNode {
  const { by, rows } = answer;
  const table = costTable(answer, { currency: answer.currency, home: NO_HOME });
  const names = keyNames(by, rows.map(({ key }) => key), answer);
  return (
    <ViewTable
      table={table}
      label={`Cost by ${by}`}
      most={MOST_SHOWN}
      isWhole={isWhole}
      onWhole={onWhole}
      first={(place) => {
        const { key } = rows[place]!;
        const { text, full } = names.get(key)!;
        return (
          <button
            type="button"
            class={`link swatch ${partClass(by, coloured.has(key) ? key : "other")}`}
            title={full}
            onClick={() => onPart(key)}
          >
            {text}
          </button>
        );
      }}
    />
  );
}
