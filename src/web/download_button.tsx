/** A button that saves what is shown as a file. Nothing is asked for: the page has it already. */
import type { VNode } from "preact";

/** @param text Made when it is wanted: of a year by the hour it is long */
export function DownloadButton({ label, name, type, text }: {
  readonly label: string;
  /** Of the file. */
  readonly name: string;
  /** `text/csv`. */
  readonly type: string;
  readonly text: () => string;
}): VNode {
  const save = () => {
    const address = URL.createObjectURL(new Blob([text()], { type: `${type};charset=utf-8` }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    // Once the browser has taken it.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  return <button type="button" class="button" onClick={save}>{label}</button>;
}
