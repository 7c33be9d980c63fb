/**
 * Makes one file of the page: script, style and answers inside of it, so that it opens without a server. Nothing else may
 * run in it, and it may ask nobody: a policy of its own says so, with the sums of what is inside.
 */
import { toSafeJson } from "../core/json/safe_json.ts";
import { AgentError } from "../core/errors.ts";
import { type Assets, unpack } from "./assets.ts";

/** What an exported page knows; src/web/client.ts reads it. */
export interface ExportedAnswers {
  readonly asOf: string;
  /** IANA name. */
  readonly timezone: string;
  readonly version: string;
  /** Documents by the key of their question (core/answer_key.ts). */
  readonly answers: Readonly<Record<string, unknown>>;
}

/** @throws {AgentError} failed, where the page was not built */
export async function composePage(assets: Assets, exported: ExportedAnswers): Promise<string> {
  const shell = await readAsset(assets, "index.html");
  const style = (await readLinked(assets, shell, "css")).replaceAll("</style", "<\\/style");
  // In the texts, patterns and templates of a script, where alone it may stand, an escaped slash is a slash.
  const script = (await readLinked(assets, shell, "js")).replaceAll("</script", "<\\/script").replaceAll(
    "<!--",
    "<\\!--",
  );
  const policy = [
    "default-src 'none'",
    `script-src ${await sumOf(script)}`,
    `style-src ${await sumOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  // A bare `<` could end the block, whatever a log holds.
  const answers = toSafeJson(exported).replaceAll("<", "\\u003c");
  const head = [
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="referrer" content="no-referrer">',
    `<style>${style}</style>`,
    `<script type="application/json" id="answers">${answers}</script>`,
    `<script type="module">${script}</script>`,
  ].join("\n");
  return replaceOnce(shell.replace(LINKS, ""), /(?<=<meta charset="utf-8">)/, () => `\n${head}`);
}

/** What the shell loads: the icon, which a file does without, the style and the script. */
const LINKS = /<link rel="(?:icon|stylesheet)"[^>]*>|<script [^>]*src="[^"]*"[^>]*><\/script>/g;

async function readLinked(assets: Assets, shell: string, ending: "css" | "js"): Promise<string> {
  const [, name] = new RegExp(`(?:href|src)="([^"/]+\\.${ending})"`).exec(shell) ?? [];
  if (name === undefined) throw notBuilt();
  return await readAsset(assets, name);
}

/** With line feeds alone, as whoever parses the page has it: the sums are of that. */
async function readAsset(assets: Assets, name: string): Promise<string> {
  const bytes = assets.get(name);
  if (bytes === undefined) throw notBuilt();
  return new TextDecoder().decode(await unpack(bytes)).replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

function notBuilt(): AgentError {
  return new AgentError("failed", "The page was not built.", { hint: "`deno task page` makes it." });
}

function replaceOnce(text: string, pattern: RegExp, replacement: () => string): string {
  if (!pattern.test(text)) throw notBuilt();
  return text.replace(pattern, replacement);
}

/** As a policy names what is within a page. */
async function sumOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${new Uint8Array(digest).toBase64()}'`;
}
