/** `configure`: gives an agent the gateway as a permanent provider. A launch needs none of this. */
import { join } from "node:path";
import * as z from "zod";
import { addProvider, piProvider } from "../launch/models_file.ts";
import { loadCatalogue } from "../opper/catalogue.ts";
import { maskKey } from "../opper/credentials.ts";
import { shortenPath } from "./cells.ts";
import { countOf } from "./notes.ts";
import { ACCOUNT_ON_COMMAND_LINE, accountInput, openAccount } from "./open_account.ts";
import { defineOperation } from "./operation.ts";
import { piModelsPath } from "./pi_directory.ts";
import { isoTime, SCHEMA_VERSION } from "./schemas.ts";

const input = z.strictObject({
  agent: z.enum(["pi"]).describe("The agent to configure"),
  ...accountInput,
  force: z.boolean().default(false).describe(`Replace a provider "opper" that opper-agent did not write`),
});

const output = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  asOf: z.string(),
  agent: z.enum(["pi"]),
  file: z.string(),
  changed: z.boolean().describe("False when everything was as it should be"),
  created: z.boolean().describe("Whether the file is new"),
  provider: z.string(),
  host: z.string(),
  key: z.string().describe("The key's ends; what is between them is left out"),
  models: z.number(),
  catalogue: z.enum(["gateway", "cache", "stale_cache", "built_in"]).describe("Where the list of models comes from"),
  notes: z.array(z.string()),
});

/** Nobody waits for a program to start here, so that the gateway gets more time than at a launch. */
const PATIENCE_MS = 10_000;

export const configure = defineOperation({
  name: "configure",
  summary: "Add Opper to an agent's own providers, for use without launch",
  description: "Writes the provider opper into Pi's models.json: the gateway's address, the key, and its models. One " +
    "key of the file changes and no other byte; the file becomes readable by its owner alone. Model calls made this " +
    "way belong to no trace: that is what launch is for. Running it again brings the models up to date.",
  effect: "write",
  input,
  output,
  commandLine: { agent: { positional: true }, ...ACCOUNT_ON_COMMAND_LINE },
  examples: [
    { command: "configure pi", explains: "then, in Pi: /model" },
    { command: "configure pi --key-name work", explains: "with another stored key" },
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
    const file = piModelsPath(context);
    const { changed, created } = await addProvider(
      { path: file, stateDirectory: context.stateDirectory, force: input.force },
      piProvider(host, credentials.apiKey, catalogue.models),
    );
    return {
      schemaVersion: SCHEMA_VERSION,
      asOf: isoTime(context.now)!,
      agent: input.agent,
      file,
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
              output.created ? "made" : output.changed ? "changed" : "as it should be already"
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
