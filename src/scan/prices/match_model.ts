/**
 * Decides whether a row of the price data really is the model that a log names.
 *
 * The data matches many models by prefix, so that a new sibling (`claude-sonnet-5-5`) is taken for an older one
 * (`claude-sonnet-5`) at the wrong price. A looser match than an equal name is accepted only when nothing but a date, a
 * version or a stage is left over. See docs/adr/0002-price-data.md for the rows this was tried on.
 */
import type { MatchLogic } from "@pydantic/genai-prices";

/**
 * What may follow a model's name without making it another model: a stage, a date as vendors write it (`20250929`,
 * `2025-09-29`, `09-2025`, `05-20`, `0731`), a three-digit revision, and Bedrock's version (`-v1:0`, `-v1:0:200k`).
 */
const SAME_MODEL =
  /^(?:[-@](?:latest|default|preview|exp|customtools|\d{8}|\d{4}-\d\d-\d\d|\d\d-\d{4}|\d\d-\d\d|\d{3,4}))*(?:-v\d+)?(?::\d+(?::\d+k)?)?$/;

/**
 * What may stand before a name that the data only looks for inside the id: a path or an ARN, a Bedrock geography of
 * Anthropic's models (which have rows of their own where it changes the price), and `us.`, the one geography where
 * Amazon's own models cost what their row says.
 */
const SAME_MODEL_BEFORE = /^(?:.*[/:])?(?:us\.|(?:[a-z-]+\.)?anthropic\.)?$/;

/** Whether `model` satisfies `match` by name, and not just by a part of another model's name. */
export function rowMeansModel(match: MatchLogic, model: string): boolean {
  const id = model.toLowerCase().trim();
  // The data writes some dates with dashes, and is searched for both spellings.
  const dashed = id.replace(/-(20\d\d)(\d\d)(\d\d)(?=-|:|$)/g, "-$1-$2-$3");
  return isNamedBy(match, id) || (dashed !== id && isNamedBy(match, dashed));
}

function isNamedBy(match: MatchLogic, id: string): boolean {
  if ("or" in match) return match.or.some((part) => isNamedBy(part, id));
  if ("and" in match) {
    const names = match.and.filter((part) => !("regex" in part));
    return names.length > 0 && names.some((part) => isNamedBy(part, id));
  }
  if ("equals" in match) return id === match.equals.toLowerCase();
  // The data's own patterns spell out the dates they allow.
  if ("regex" in match) return new RegExp(match.regex).test(id);
  if ("starts_with" in match) return id.startsWith(match.starts_with.toLowerCase()) && surrounds(match.starts_with, 0);
  if ("ends_with" in match) {
    return id.endsWith(match.ends_with.toLowerCase()) && surrounds(match.ends_with, id.length - match.ends_with.length);
  }
  const at = id.lastIndexOf(match.contains.toLowerCase());
  return at >= 0 && surrounds(match.contains, at);

  function surrounds(text: string, start: number): boolean {
    const end = start + text.length;
    if (!SAME_MODEL_BEFORE.test(id.slice(0, start))) return false;
    if (SAME_MODEL.test(id.slice(end))) return true;
    // The text may end inside a date (`claude-sonnet-4-2025`) or on its separator (`claude-opus-4@`).
    const open = /[-@]\d*$/.exec(text);
    return open !== null && SAME_MODEL.test(id.slice(start + open.index));
  }
}
