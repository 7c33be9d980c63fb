/**
 * Text that says of itself that it is ours and unchanged: its first line ends with the hash of all that follows. So what
 * any version of ours placed is known wherever it turns up, and what somebody wrote or changed is never taken for ours.
 */
import { createHash } from "node:crypto";

/** A comment of TypeScript, or of Python and YAML. */
const SEAL = /^(?:\/\/|#) opper-agent: [^\n]*; sha256 ([0-9a-f]{64})\n/;

/**
 * @param text its first line is a comment: `// opper-agent: …` or `# opper-agent: …`
 * @throws {TypeError} for a text without such a line
 */
export function sealText(text: string): string {
  const end = text.indexOf("\n") + 1;
  const sealed = `${text.slice(0, Math.max(end - 1, 0))}; sha256 ${sha256(text.slice(end))}\n${text.slice(end)}`;
  if (!SEAL.test(sealed)) throw new TypeError("cannot be sealed: the first line is no comment of ours");
  return sealed;
}

/** Whether these are the bytes of a sealed text, of whichever version, and nobody changed them. */
export function isSealed(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(0x0a) + 1;
  const [, hash] = SEAL.exec(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, end))) ?? [];
  return hash !== undefined && hash === sha256(bytes.subarray(end));
}

/** In hex; text is taken as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
