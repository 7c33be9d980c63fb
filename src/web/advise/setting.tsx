/** A setting as it is written where it belongs, to be copied. */
import type { VNode } from "preact";
import type { AdviceRow } from "../../operations/advice/advise_output.ts";
import { CopyButton } from "../copy_button.tsx";

type CacheSetting = NonNullable<AdviceRow["advice"]>["settings"][number];

export function Setting({ setting: { file, key, value, note } }: { readonly setting: CacheSetting }): VNode {
  const text = value === undefined ? key : file === undefined ? `${key}=${value}` : `"${key}": "${value}"`;
  return (
    <div>
      {value === undefined && "without "}
      <code>{text}</code>
      {file && ` in ${file}`} <CopyButton text={text} class="link" /> <span class="dim">{note}</span>
    </div>
  );
}
