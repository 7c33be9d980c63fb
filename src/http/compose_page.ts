/**
 * Makes one file of the page: script, style and answers inside of it, so that it opens without a server. Nothing else may
 * run in it, and it may ask nobody: a policy of its own says so, with the sums of what is inside.
 */
import { toSafeJson } from "../core/json/safe_json.ts";
import { AgentError } from "../core/errors.ts";
import { type Assets, sheetOf, unpack } from "./assets.ts";
import { contentSum } from "./content_sum.ts";

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
  const style = sheetOf(shell);
  if (style === undefined) throw notBuilt();
  // In the texts, patterns and templates of a script, where alone it may stand, an escaped slash is a slash.
  const script = (await readScript(assets, shell)).replaceAll("</script", "<\\/script").replaceAll(
    "<!--",
    "<\\!--",
  );
  const policy = [
    "default-src 'none'",
    `script-src ${await contentSum(script)}`,
    `style-src ${await contentSum(style)}`,
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
    `<script type="application/json" id="answers">${answers}</script>`,
    `<script type="module">${script}</script>`,
  ].join("\n");
  return replaceOnce(shell.replace(LINKS, ""), /(?<=<meta charset="utf-8">)/, () => `\n${head}`);
}

/** What the shell loads: the icon, which a file does without, and the script. */
const LINKS = /<link rel="icon"[^>]*>|<script [^>]*src="[^"]*"[^>]*><\/script>/g;

async function readScript(assets: Assets, shell: string): Promise<string> {
  const [, name] = /src="([^"/]+\.js)"/.exec(shell) ?? [];
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
