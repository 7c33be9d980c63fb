/** Sizes of what messages hold, out of the shapes that several agents share. Takes no text out of them. */
import { isRecord } from "../../core/json/is_record.ts";
import type { PromptItem, PromptItemKind } from "../../core/prompt/prompt_entry.ts";

/** A record, and one without members for anything else. */
export function recordIn(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : NONE;
}

const NONE: Readonly<Record<string, unknown>> = {};

/** A text that says something, and undefined for anything else. */
export function nameIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A list, and an empty one for anything else. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** No nesting of what tools answer is deeper. */
const DEEPEST = 12;

/** Characters of all texts in a value, however they are nested, and of their names: of a block of text the text alone. */
export function charactersOf(value: unknown, depth = 0): number {
  if (typeof value === "string") return value.length;
  if (typeof value === "number" || typeof value === "boolean") return 4;
  if (typeof value !== "object" || value === null || depth > DEEPEST) return 0;
  let sum = 0;
  if (Array.isArray(value)) { for (const item of value) sum += charactersOf(item, depth + 1); }
  else {
    const members = value as Readonly<Record<string, unknown>>;
    if (members.type === "text" && typeof members.text === "string") return members.text.length;
    for (const name in members) sum += name.length + charactersOf(members[name], depth + 1);
  }
  return sum;
}

/** An item of what says something, and none of what is empty. */
export function itemOf(kind: PromptItemKind, value: unknown): readonly PromptItem[] {
  const length = charactersOf(value);
  return length === 0 ? [] : [{ kind, length }];
}

/** A call of a tool. */
export function callOf(callId: unknown, tool: unknown, input: unknown): PromptItem {
  return { kind: "assistant", length: charactersOf(input), callId: nameIn(callId), tool: nameIn(tool) };
}

/**
 * What a tool answered: texts, and images beside them.
 *
 * @param content A text, or a list of blocks
 */
export function resultOf(callId: unknown, tool: unknown, content: unknown): readonly PromptItem[] {
  const blocks = Array.isArray(content) ? content : [];
  const images = blocks.flatMap(imageIn);
  const texts = Array.isArray(content) ? blocks.filter((block) => imageIn(block).length === 0) : content;
  const length = Array.isArray(texts)
    ? texts.reduce((sum: number, block) => sum + charactersOf(recordIn(block).text ?? block), 0)
    : charactersOf(texts);
  return [{ kind: "tool_result", length, callId: nameIn(callId), tool: nameIn(tool) }, ...images];
}

const IMAGES: ReadonlySet<unknown> = new Set(["image", "input_image", "image_url"]);

/** An image in a message of Anthropic's, OpenAI's or Pi's form. */
export function imageIn(block: unknown): readonly PromptItem[] {
  const { type, source, data, image_url: url } = recordIn(block);
  if (!IMAGES.has(type)) return [];
  return [{ kind: "image", length: charactersOf(recordIn(source).data ?? data ?? url) }];
}
