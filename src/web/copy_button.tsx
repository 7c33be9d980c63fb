/** A button that copies text, and says that it did. */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

export interface CopyButtonProps {
  /** What is copied, or what finds it at the click: nothing where there is none. */
  readonly text: string | (() => Promise<string | undefined>);
  /** What the button says. */
  readonly label?: string;
  /** @default the text itself */
  readonly title?: string;
  readonly class?: string;
  /** What it says where that went wrong. */
  readonly failed?: string;
}

export function CopyButton(
  { text, label = "Copy", title, class: name = "button", failed = "Not allowed" }: CopyButtonProps,
): VNode {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      const found = typeof text === "string" ? text : await text();
      if (found !== undefined) await navigator.clipboard.writeText(found);
      setSaid(found === undefined ? "None known" : "Copied");
    } catch {
      setSaid(failed);
    }
  };
  return (
    <button type="button" class={name} title={title ?? String(text)} onClick={copy}>
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}
