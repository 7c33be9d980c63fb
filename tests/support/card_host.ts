/**
 * A host that shows cards (MCP Apps 2026-01-26): a page of its own on loopback, and the sandbox's on another origin, which
 * has the policy that the extension asks of hosts. It asks a real server, and its page is made of the extension's own bridge.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { McpClient } from "./mcp_client.ts";
import { npmPackage } from "./real_pi.ts";
import { withTemporaryDirectory } from "./run_agent.ts";

const EXT_APPS = "2.0.4";

/** What the host's page shows, and how. */
export interface Shown {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** In place of what the tool answers. */
  readonly result?: unknown;
  readonly theme?: "light" | "dark";
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether the card may call tools. @default true */
  readonly canAsk?: boolean;
}

/** Of one server. */
export interface CardHost {
  addressOf(shown: Shown): string;
  /** Paths that were asked for and are not the host's own. */
  readonly strays: readonly string[];
  close(): Promise<void>;
}

/** @param client Of the server whose answers are shown */
export async function startCardHost(client: McpClient): Promise<CardHost> {
  const script = await bundleHostPage();
  const strays: string[] = [];
  const send = (text: string, type: string, policy?: string) =>
    new Response(text, {
      headers: { "content-type": type, ...(policy === undefined ? {} : { "content-security-policy": policy }) },
    });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/":
        return send(HOST_PAGE, "text/html");
      case "/host.js":
        return send(script, "text/javascript");
      case "/sandbox":
        return send(SANDBOX_PAGE, "text/html", policyOf(JSON.parse(searchParams.get("csp")!)));
      case "/card": {
        const { result } = await client.request("resources/read", { uri: "ui://opper-agent/card.html" });
        const [card] = (result as { contents: unknown[] }).contents;
        return Response.json(card);
      }
      case "/call":
        return Response.json((await client.request("tools/call", await request.json())).result);
      case "/favicon.ico":
        return new Response(null, { status: 204 });
      default:
        strays.push(pathname);
        return new Response("", { headers: { "access-control-allow-origin": "*" } });
    }
  });
  const { port } = server.addr;
  return {
    strays,
    addressOf: (shown) =>
      `http://127.0.0.1:${port}/?show=${
        encodeURIComponent(JSON.stringify({ canAsk: true, theme: "light", ...shown }))
      }`,
    close: () => server.shutdown(),
  };
}

interface Csp {
  readonly connectDomains: readonly string[];
  readonly resourceDomains: readonly string[];
  readonly frameDomains: readonly string[];
  readonly baseUriDomains: readonly string[];
}

/** As the extension has it for what a page declares. */
function policyOf({ connectDomains, resourceDomains, frameDomains, baseUriDomains }: Csp): string {
  const or = (domains: readonly string[], none: string) => domains.length === 0 ? none : domains.join(" ");
  const from = resourceDomains.join(" ");
  return [
    "default-src 'none'",
    `script-src 'self' 'unsafe-inline' ${from}`,
    `style-src 'self' 'unsafe-inline' ${from}`,
    `img-src 'self' data: ${from}`,
    `font-src 'self' ${from}`,
    `media-src 'self' data: ${from}`,
    `connect-src ${or(connectDomains, "'none'")}`,
    // The sandbox's own inner frame.
    `frame-src ${or(frameDomains, "'self'")}`,
    "object-src 'none'",
    `base-uri ${or(baseUriDomains, "'self'")}`,
  ].join("; ");
}

const HOST_PAGE = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Host</title>
<body style="margin:0;padding:12px;color-scheme:light dark"><script type="module" src="/host.js"></script></body></html>`;

/** Says that it is ready, puts the page into a frame, and hands on everything both ways but what is meant for itself. */
const SANDBOX_PAGE = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Sandbox</title>
<style>html,body,iframe{margin:0;width:100%;height:100%;border:0;display:block}</style><body><script>
let inner;
addEventListener("message", ({ source, data }) => {
  if (source === parent && data?.method === "ui/notifications/sandbox-resource-ready") {
    inner = document.createElement("iframe");
    inner.title = "Page";
    inner.setAttribute("sandbox", data.params.sandbox);
    inner.srcdoc = data.params.html;
    document.body.append(inner);
  } else if (source === parent) inner?.contentWindow.postMessage(data, "*");
  else if (source === inner?.contentWindow) parent.postMessage(data, "*");
});
parent.postMessage({ jsonrpc: "2.0", method: "ui/notifications/sandbox-proxy-ready", params: {} }, "*");
</script></body></html>`;

let bundled: Promise<string> | undefined;

function bundleHostPage(): Promise<string> {
  return bundled ??= withTemporaryDirectory(async (directory) => {
    // The package, and beside it those that it needs.
    const modules = dirname(dirname(await npmPackage("@modelcontextprotocol/ext-apps", EXT_APPS)));
    await Deno.symlink(modules, join(directory, "node_modules"));
    await Deno.writeTextFile(join(directory, "package.json"), '{ "type": "module" }');
    // The package is none of this program's, so that no file of it may import it.
    const bridge =
      'import * as bridge from "@modelcontextprotocol/ext-apps/app-bridge"; globalThis.appBridge = bridge;';
    await Deno.writeTextFile(join(directory, "bridge.js"), bridge);
    await Deno.copyFile(fileURLToPath(new URL("card_host_page.mjs", import.meta.url)), join(directory, "page.js"));
    await Deno.writeTextFile(join(directory, "host.js"), 'import "./bridge.js"; import "./page.js";');
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--no-config",
        "--no-lock",
        "--node-modules-dir=manual",
        "--platform",
        "browser",
        "host.js",
      ],
      cwd: directory,
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`The host's page could not be bundled.\n${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  });
}
