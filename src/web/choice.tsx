/** A choice of one of several, in the address. */
import type { VNode } from "preact";
import { go } from "./address.ts";

export function Choice({ label, name, value, values, rest }: {
  readonly label: string;
  /** Of the field of the address. */
  readonly name: string;
  readonly value: string;
  readonly values: readonly (readonly [value: string, title: string])[];
  /** Fields that mean something else then. */
  readonly rest?: Readonly<Record<string, string>>;
}): VNode {
  return (
    <label class="no-print">
      {label}{" "}
      <select value={value} onChange={(event) => go({ query: { [name]: event.currentTarget.value, ...rest } })}>
        {values.map(([each, title]) => <option key={each} value={each}>{title}</option>)}
      </select>
    </label>
  );
}
