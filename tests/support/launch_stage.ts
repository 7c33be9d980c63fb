/** A user's home with a Pi that is set up, and launches of the real Pi. */
import { type AgentStage, type AgentStageOptions, MODEL, onAgentStage } from "./agent_stage.ts";
import { type RealPi, realPi } from "./real_pi.ts";

export const OPPER = ["--provider", "opper", "--model", MODEL];
export const OTHER = ["--provider", "other", "--model", "other-1"];
/** Where the extension lies while a launch runs, below the home. */
export const PLACED = ".pi/agent/extensions/opper-session.ts";

export interface LaunchStage extends AgentStage {
  readonly pi: RealPi;
}

/** The home is compared with what it was, and searched for the key, when the body is done. */
export async function onLaunchStage(
  version: RealPi["version"],
  body: (stage: LaunchStage) => Promise<void>,
  options: AgentStageOptions = {},
): Promise<void> {
  const pi = await realPi(version);
  await onAgentStage(
    {
      id: "pi",
      bin: () => Promise.resolve(pi.binDirectory),
      furnish,
      env: { PI_OFFLINE: "1" },
      // Seen with 0.74.2, 0.87.1 and 1.5.2.
      writes: [
        [/^\.pi\/agent\/sessions(\/|$)/, "sessions"],
        [/^\.pi\/agent\/(auth|models-store)\.json$/, "empty stores"],
        [/^\.pi\/agent\/trust\.json$/, "trust of directories"],
        [/^\.pi\/agent\/settings\.json$/, "its full screen formats them anew"],
      ],
    },
    (stage) => body({ ...stage, pi }),
    options,
  );
}

/** What people have there: another provider, with comments and a trailing comma, settings, a skill, an extension. */
function furnish(gatewayUrl: string) {
  return [
    {
      path: ".pi/agent/models.json",
      text: `{\n  // mine, do not touch\n\t"providers": {\n    "other": { "baseUrl": "${gatewayUrl}/other", ` +
        `"apiKey": "other-key", "api": "openai-completions",\n      "models": [{ "id": "other-1" },], },\n  },\n}\n`,
    },
    {
      path: ".pi/agent/settings.json",
      text: `{ "quietStartup": true, "compaction": { "keepRecentTokens": 1 } }\n`,
      mode: 0o644,
    },
    {
      path: ".pi/agent/skills/mine/SKILL.md",
      text: "---\nname: mine\ndescription: Does nothing\n---\n",
      mode: 0o644,
    },
    { path: ".pi/agent/extensions/mine.ts", text: "export default function () {}\n", mode: 0o640 },
  ];
}
