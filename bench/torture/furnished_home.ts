/** A home as people have it, with the files that commands of ours change, a stand-in for Pi, and a gateway beside it. */
import { join } from "node:path";
import type { Draws } from "../corpus_generator/draws.ts";
import type { RunPlace } from "./agent_program.ts";

/** Must be in no file but the one that keys are stored in. */
export const CANARY = "op-canary-4b7d20c5e9f1";
/** What is there before anything runs. */
const STORED = "op-stored-8a6c1f3e7b20";

/** Whose files are in the home, and how they differ from one person to the next. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  ".claude.json": [
    '{\n  "numStartups": 7,\n  "mcpServers": {\n    "mine": { "command": "mine", "args": [] }\n  },\n  "projects": {}\n}\n',
    '{"projects":{"/srv/app":{"history":["a","b"]}},"oauthAccount":{"emailAddress":"me@example.com"}}',
    "{}",
  ],
  ".pi/agent/mcp.json": [
    '{\n\t// mine\n\t"mcpServers": {\n\t\t"mine": { "command": "mine" },\n\t},\n}\n',
    '\ufeff{\r\n  "mcpServers": {}\r\n}\r\n',
  ],
  ".pi/agent/models.json": [
    '{\n  // mine\n  "providers": {\n    "local": { "baseUrl": "http://localhost:1/v1", "apiKey": "none", "models": [], },\n  },\n}\n',
    '{ "providers": {} }',
  ],
  ".codex/config.toml": [
    'model = "gpt-5.2"\n\n[mcp_servers.mine]\ncommand = "mine"\nargs = []\n',
    'model = "gpt-5.2"',
  ],
  ".pi/agent/settings.json": ['{ "quietStartup": true }\n'],
  ".pi/agent/extensions/mine.ts": ["export default function () {}\n"],
  ".pi/agent/extensions/opper-session.ts": ["// of the same name as ours, and the user's own\n"],
  "../opper/config.json": [
    `{"version":1,"defaultKey":"default","keys":{"default":{"apiKey":"${STORED}","obtainedAt":"2026-11-20T10:00:00.000Z","source":"manual"}}}\n`,
  ],
  "../opper/agent/config.json": ['{\n  // mine\n  "digits": 2,\n}\n'],
};

/** Says its version, and is there for a moment. */
const FAKE_PI = '#!/bin/sh\nif [ "$1" = "--version" ]; then echo 1.5.2; exit 0; fi\nexec sleep 0.15\n';

export interface FurnishedHome {
  readonly place: RunPlace;
  /** Ends the gateway. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Some of the files, each as one of these people has it. */
export async function furnishHome(directory: string, draws: Draws): Promise<FurnishedHome> {
  const [home, opperHome, bin] = ["home", "opper", "bin"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [home, bin]) await Deno.mkdir(path, { recursive: true });
  for (const [name, texts] of Object.entries(FILES)) {
    if (draws.chance(0.3)) continue;
    await write(join(home, name), draws.pick(texts), name.startsWith("../opper") ? 0o600 : draws.pick([0o600, 0o644]));
  }
  await write(join(bin, "pi"), FAKE_PI, 0o755);
  const model = {
    id: "claude-opus-4-7",
    context_length: 9000,
    pricing: { prompt: "0.000003", completion: "0.000015" },
    opper: { type: "llm", capabilities: ["tools"], max_output_tokens: 1000 },
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ data: [model] }),
  );
  const env = { PATH: `${bin}:/usr/bin:/bin`, OPPER_BASE_URL: `http://127.0.0.1:${server.addr.port}` };
  return { place: { home, opperHome, env }, [Symbol.asyncDispose]: () => server.shutdown() };
}

async function write(path: string, text: string, mode: number): Promise<void> {
  await Deno.mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(path, text);
  await Deno.chmod(path, mode);
  // Not a time that anything written now would have by chance.
  await Deno.utime(path, 1_700_000_000, 1_700_000_000);
}
