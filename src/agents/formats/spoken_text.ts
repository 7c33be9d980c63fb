/** What people and models said, out of records of any tool. Only read when somebody asks for it. */

export interface SpokenText {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/**
 * A message whose content is a text, or a list of blocks of which those with a text are taken: the shape that the
 * messages of Anthropic's, OpenAI's and Pi's logs share. Tool calls, their results, images and thoughts are no text.
 */
export function spokenText(message: unknown): SpokenText | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { role, content } = message as { role?: unknown; content?: unknown };
  if (role !== "user" && role !== "assistant") return undefined;
  const blocks: unknown[] = Array.isArray(content) ? content : [{ type: "text", text: content }];
  const text = blocks.map(textOfBlock).filter((part) => part !== "").join("\n");
  return text === "" ? undefined : { role, text };
}

const TEXT_BLOCKS: ReadonlySet<unknown> = new Set(["text", "input_text", "output_text"]);

function textOfBlock(block: unknown): string {
  if (typeof block !== "object" || block === null) return "";
  const { type, text } = block as { type?: unknown; text?: unknown };
  return TEXT_BLOCKS.has(type) && typeof text === "string" ? text.trim() : "";
}
