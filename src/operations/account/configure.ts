/** `configure`: gives an agent the gateway as a permanent provider. A launch needs none of this. */
import { join } from "node:path";
import { idsWith } from "../../agents/agents.ts";
import { addProvider } from "../../launch/configure.ts";
import { loadCatalogue } from "../../gateways/opper/catalogue.ts";
import { maskKey } from "../../gateways/opper/api_key.ts";
import { shortenPath } from "../report/cells.ts";
import { countOf } from "../report/notes.ts";
import { ACCOUNT_ON_COMMAND_LINE, accountInput, openAccount } from "./open_account.ts";
import { choice, defineInput, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { openSettings } from "./open_settings.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

const input = defineInput({
  agent: choice(idsWith("providerSetup"), "The agent to configure", { required: true }),
  ...accountInput,
  force: toggle(`Replace a provider "opper" that opper-agent did not write`),
});

/** Nobody waits for a program to start here, so that the gateway gets more time than at a launch. */
const PATIENCE_MS = 10_000;

export const configure = defineOperation({
  name: "configure",
  summary: "Add Opper to an agent's own providers, for use without launch",
  description: "Writes the provider opper into Pi's models.json: the gateway's address, the API key and " +
    "the models. One key of the JSON changes and no other byte. The file becomes readable by " +
    "its owner alone. These model calls belong to no trace; launch makes traces. Run " +
    "configure again to update the models.",
  needs: ["network", "user_files"],
  input,
  output: async () => (await import("./configure_output.ts")).configureOutput,
  commandLine: { agent: { positional: true }, ...ACCOUNT_ON_COMMAND_LINE },
  examples: [
    { command: "configure pi", explains: "then, in Pi: /model" },
    { command: "configure pi --key work", explains: "with another stored key" },
  ],

  async run(input, context) {
    const { account } = context;
    const { credentials, host, client } = openAccount(account, input);
    const catalogue = await loadCatalogue({
      client,
      cachePath: join(context.stateDirectory, "catalogue.json"),
      now: context.now,
      timeoutMs: PATIENCE_MS,
    });
    const file = await openSettings(context, input);
    const { apiKey } = credentials;
    const { changed, created } = await addProvider(file, { host, apiKey, models: catalogue.models });
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      agent: input.agent,
      file: file.path,
      changed,
      created,
      provider: "opper",
      host,
      key: maskKey(credentials.apiKey),
      models: catalogue.models.length,
      catalogue: catalogue.origin,
      notes: catalogue.problem === undefined ? [] : [catalogue.problem],
    };
  },

  view(output, _input, context) {
    const models = countOf(output.models, "model");
    return [
      {
        kind: "facts",
        facts: [
          ["Provider", { text: `${output.provider}, ${models}${ORIGIN[output.catalogue]}` }],
          ["Gateway", { text: output.host }],
          ["Key", { text: output.key }],
          ["File", {
            text: `${shortenPath(output.file, context.home)}: ${
              output.created ? "made" : output.changed ? "changed" : "no change was needed"
            }`,
          }],
        ],
      },
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "warn" as const })),
    ];
  },
});

const ORIGIN = {
  gateway: "",
  cache: "",
  stale_cache: " of an earlier catalogue",
  built_in: " of the built-in list, without prices",
} as const;
