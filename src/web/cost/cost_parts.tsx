/** What the bars are made of, whole: every part with its sums, as `cost --by` prints it. A click makes one the filter. */
import type { VNode } from "preact";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import { costTable } from "../../operations/usage/cost_table.ts";
import { OTHER, partClass } from "../charts/colours.ts";
import { keyNames, NO_HOME } from "../key_names.ts";
import { filterOfPart } from "../part_filter.ts";
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
        const look = `swatch ${partClass(by, coloured.has(key) ? key : OTHER)}`;
        // Those that are hidden have no filter.
        return filterOfPart(by, key) === undefined
          ? <span class={look}>{text}</span>
          : <button type="button" class={`link ${look}`} title={full} onClick={() => onPart(key)}>{text}</button>;
      }}
    />
  );
}
