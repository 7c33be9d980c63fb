/** All learned lifetimes as a table: the same as the pictures say. */
import type { VNode } from "preact";
import { formatDuration } from "../../operations/report/format.ts";
import { partOf } from "../../operations/report/notes.ts";
import { go } from "../address.ts";
import { figureColumn, type TableColumn, textColumn } from "../table/table_column.ts";
import { VirtualTable } from "../table/virtual_table.tsx";
import { linkToPool, placeOfPool } from "./curve_panel.tsx";
import { type LifetimeJson, poolTitle, useText } from "./curve_text.ts";

const COLUMNS: readonly TableColumn<LifetimeJson>[] = [
  textColumn("Model", [16, 2], (row) => <a href={linkToPool(row)}>{poolTitle(row)}</a>, 1),
  textColumn("Provider", [10, 1], ({ provider }) => provider, 1),
  figureColumn("Survived", 14, ({ survivals, samples }) => partOf(survivals, samples)),
  figureColumn("Nine in ten until", 16, ({ fit }) => formatDuration(fit?.warmUntilMs)),
  figureColumn("Half gone after", 16, ({ fit }) => formatDuration(fit?.coldFromMs)),
  textColumn("Used", [24, 3], useText, 3),
];

export function LifetimeTable({ lifetimes }: { readonly lifetimes: readonly LifetimeJson[] }): VNode {
  return (
    <VirtualTable
      label="Learned lifetimes"
      columns={COLUMNS}
      rows={lifetimes}
      rowKey={linkToPool}
      onOpen={(row) => go(placeOfPool(row))}
    />
  );
}
