/** All learned lifetimes as a table: the same as the pictures say. */
import type { VNode } from "preact";
import { formatDuration } from "../../operations/report/format.ts";
import { partOf } from "../../operations/report/notes.ts";
import { go } from "../address.ts";
import type { TableColumn } from "../table/table_column.ts";
import { VirtualTable } from "../table/virtual_table.tsx";
import { linkToPool, placeOfPool } from "./curve_panel.tsx";
import { type LifetimeJson, poolTitle, useText } from "./curve_text.ts";

const COLUMNS: readonly TableColumn<LifetimeJson>[] = [
  {
    key: "model",
    title: "Model",
    width: "minmax(16ch, 2fr)",
    cell: (row) => <a href={linkToPool(row)}>{poolTitle(row)}</a>,
    cardLine: 1,
  },
  { key: "provider", title: "Provider", width: "minmax(10ch, 1fr)", cell: ({ provider }) => provider, cardLine: 1 },
  {
    key: "survivals",
    title: "Survived",
    align: "right",
    width: "14ch",
    cell: ({ survivals, samples }) => partOf(survivals, samples),
  },
  {
    key: "warmUntil",
    title: "Nine in ten until",
    align: "right",
    width: "16ch",
    cell: ({ fit }) => fit === undefined ? "?" : formatDuration(fit.warmUntilMs),
  },
  {
    key: "coldFrom",
    title: "Half gone after",
    align: "right",
    width: "16ch",
    cell: ({ fit }) => fit === undefined ? "?" : formatDuration(fit.coldFromMs),
  },
  { key: "use", title: "Used", width: "minmax(24ch, 3fr)", cell: useText, cardLine: 3 },
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
