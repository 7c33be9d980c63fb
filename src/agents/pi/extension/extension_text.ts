/**
 * The extension for Pi as text: it is placed for Pi, which compiles it, and never runs in this program. The bundle carries
 * it along, so that the compiled program has it without a file of its own.
 */
import text from "./opper_session.ts" with { type: "text" };

/** A TypeScript module that Pi loads. Its first line is `// opper-agent: extension for Pi, version <n>`. */
export const EXTENSION_TEXT: string = text;
