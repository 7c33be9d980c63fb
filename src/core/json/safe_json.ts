/** JSON that may be shown anywhere: what comes from logs, or from whoever asks, steers no terminal by it. */

/** C1 controls and DEL, marks that reorder text, and ends of lines that JSON allows bare. */
const LEFT_BARE = /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu;

/**
 * As JSON.stringify gives it, which escapes C0 controls and lone surrogates, with everything else escaped that could steer
 * a terminal. Reads back as the same value.
 *
 * @param indent spaces a level; undefined: one line
 */
export function toSafeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    LEFT_BARE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
