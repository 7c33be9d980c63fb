/** The list of keys, and whether single keys do something. */
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { LINKS } from "./address.ts";
import { keysAreOn } from "./keys.ts";
import { useValue } from "./use_value.ts";

const KEYS: readonly (readonly [key: string, does: string])[] = [
  ...LINKS.map(([, title, letter]) => [`g ${letter}`, title] as const),
  ["/", "Search"],
  ["f", "Filters"],
  ["[ ]", "Earlier or later period"],
  ["j k", "Next or previous row"],
  ["Enter", "Open the row"],
  ["Esc", "Back"],
  ["x", "Select the session, to add it up with others"],
  ["← →", "Through the columns of a chart that has focus"],
  ["+ -", "Show fewer or more turns of a session"],
  ["?", "This list"],
];

export function ListOfKeys({ onClose }: { readonly onClose: () => void }): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const areOn = useValue(keysAreOn);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="key-list-title" onClose={onClose}>
      <h2 id="key-list-title">Keys</h2>
      <dl class="key-list">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={areOn === "on"}
          onChange={(event) => keysAreOn.value = event.currentTarget.checked ? "on" : "off"}
        />
        Single keys do something
      </label>
      <form method="dialog">
        <button type="submit" class="button">Close</button>
      </form>
    </dialog>
  );
}
