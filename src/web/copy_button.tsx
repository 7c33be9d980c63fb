/** A button that copies text, and says that it did. */
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

/** @param text What is copied. @param label What the button says; its title is the text itself */
export function CopyButton(
  { text, label = "Copy", class: name = "button" }: {
    readonly text: string;
    readonly label?: string;
    readonly class?: string;
  },
): VNode {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Not allowed");
    }
  };
  return (
    <button type="button" class={name} title={text} onClick={copy}>
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}
