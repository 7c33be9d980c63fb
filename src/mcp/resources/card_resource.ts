/**
 * The card: a page that clients with MCP Apps draw beside an answer of `session_cost`, `cache_status` or `usage_report`.
 * One for all three, which tells them apart itself (src/web/card). Needs nothing beside itself and asks nobody.
 *
 * Source: extension `io.modelcontextprotocol/ui`, revision 2026-01-26, "UI Resource Format".
 */
import type { JsonObject } from "../tools/tool_definition.ts";

/** Where clients read it. The tools name it; in no list of resources, since it is of no use to a model. */
export const CARD_ADDRESS = "ui://opper-agent/card.html";

const MIME_TYPE = "text/html;profile=mcp-app";

/** What the page wants of its host: no network, no files from elsewhere, no frames, and a border around it. */
const UI = {
  csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
  prefersBorder: true,
};

/** Loaded when somebody reads it: a server that starts has no use for 20 kB of text. */
export async function readCard(): Promise<readonly JsonObject[]> {
  const { default: { html } } = await import("./card.json", { with: { type: "json" } });
  return [{ uri: CARD_ADDRESS, mimeType: MIME_TYPE, text: html, _meta: { ui: UI } }];
}
