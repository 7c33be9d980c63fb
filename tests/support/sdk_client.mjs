/**
 * A program on the client of the protocol's TypeScript SDK, version 2: lists the tools and calls one. Prints as JSON which
 * era and revision it agreed on, the names of the tools, and the result. Runs on any Node.
 *
 *   node sdk_client.mjs PACKAGE_DIRECTORY MODE TOOL COMMAND [ARGUMENT]...
 *
 * MODE is "legacy", "auto", or a revision to be pinned.
 */
import { join } from "node:path";
import process from "node:process";

const [directory, mode, tool, command, ...args] = process.argv.slice(2);
const { Client } = await import(join(directory, "dist/index.mjs"));
const { StdioClientTransport } = await import(join(directory, "dist/stdio.mjs"));

const client = new Client({ name: "test", version: "0" }, {
  versionNegotiation: { mode: mode === "legacy" || mode === "auto" ? mode : { pin: mode } },
});
await client.connect(new StdioClientTransport({ command, args }));
const { tools } = await client.listTools();
const result = await client.callTool({ name: tool, arguments: {} });
const [era, version] = [client.getProtocolEra(), client.getNegotiatedProtocolVersion()];
await client.close();
console.log(JSON.stringify({ era, version, tools: tools.map(({ name }) => name), result }));
