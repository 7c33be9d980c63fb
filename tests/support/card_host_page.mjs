// The page of a host that shows cards, on the bridge of MCP Apps' own package: one frame for one answer. Runs in a browser,
// bundled by card_host.ts. What happens is noted in `hostLog`.
const { AppBridge, PostMessageTransport } = globalThis.appBridge;

const chosen = JSON.parse(new URLSearchParams(location.search).get("show"));
const hostLog = [];

async function ask(path, body) {
  const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  return await response.json();
}

const frame = document.createElement("iframe");
frame.title = "Card";
frame.setAttribute("sandbox", "allow-scripts allow-same-origin");
frame.style.cssText = "width:100%;height:60px;border:1px solid gray;border-radius:10px";
document.body.append(frame);

const resource = await ask("/card");
const { csp } = resource._meta.ui;
const capabilities = { ...(chosen.canAsk ? { serverTools: {} } : {}), logging: {} };
const hostContext = {
  theme: chosen.theme,
  displayMode: "inline",
  availableDisplayModes: ["inline"],
  ...(chosen.variables ? { styles: { variables: chosen.variables } } : {}),
};
const bridge = new AppBridge(null, { name: "test-host", version: "0" }, capabilities, { hostContext });
bridge.oncalltool = async (call) => {
  hostLog.push(["tools/call", call]);
  return await ask("/call", call);
};
bridge.onsizechange = ({ height }) => {
  hostLog.push(["size", height]);
  frame.style.height = `${height + 2}px`;
};
bridge.onsandboxready = () => bridge.sendSandboxResourceReady({ html: resource.text, csp, sandbox: "allow-scripts" });
bridge.oninitialized = async () => {
  hostLog.push(["initialized", bridge.getAppVersion()]);
  await bridge.sendToolInput({ arguments: chosen.arguments });
  await bridge.sendToolResult(chosen.result ?? await ask("/call", { name: chosen.tool, arguments: chosen.arguments }));
  document.body.dataset.done = "1";
};
Object.assign(window, { hostLog, bridge });
// Another name of the same machine is another origin.
frame.src = `http://localhost:${location.port}/sandbox?csp=${encodeURIComponent(JSON.stringify(csp))}`;
await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
