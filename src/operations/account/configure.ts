/** `configure`: gives an agent the gateway as a permanent provider. A launch needs none of this. */
import { join } from "node:path";
import type { ProviderSetup } from "../../agents/provider_setup.ts";
import { addProvider, providerAt, type ProviderChange } from "../../launch/configure.ts";
import { makeKeyCommand } from "../../launch/key_command.ts";
import { loadCatalogue } from "../../gateways/opper/catalogue.ts";
import { maskKey } from "../../gateways/opper/api_key.ts";
import { shortenPath } from "../report/cells.ts";
import { countOf } from "../report/notes.ts";
import { ACCOUNT_ON_COMMAND_LINE, accountInput, openAccount } from "./open_account.ts";
import { choice, defineInput, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { openSettings, SETUP_IDS } from "./open_settings.ts";
import { settingLines } from "./shell_lines.ts";
import { checkGateway } from "./stored_key.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

const input = defineInput({
  agent: choice(SETUP_IDS, "The agent to configure", { required: true }),
  ...accountInput,
  force: toggle("Replace what opper-agent did not write. The file as it was is kept"),
});

/** Nobody waits for a program to start here, so that the gateway gets more time than at a launch. */
const PATIENCE_MS = 10_000;

const UNTOUCHED: ProviderChange = { changed: false, created: false, replaced: [] };

export const configure = defineOperation({
  name: "configure",
  summary: "Add Opper to an agent's own providers, for use without launch",
  description: "Adds Opper to an agent's own settings: one key or table, and no other byte. An agent that " +
    "has no file for it is set up by variables, which are printed. An agent that can ask a " +
    "command for the key gets `opper-agent key`, and no file has the key. Others take it from " +
    "OPPER_API_KEY. Pi's models.json alone holds the key, and becomes readable by its owner " +
    "alone. These model calls belong to no trace; launch makes traces. Run configure again to " +
    "update the models.",
  needs: ["network", "user_files"],
  input,
  output: async () => (await import("./configure_output.ts")).configureOutput,
  commandLine: { agent: { positional: true }, ...ACCOUNT_ON_COMMAND_LINE },
  examples: [
    { command: "configure claude", explains: "then start claude as ever" },
    { command: "configure pi --key work", explains: "with another stored key" },
  ],

  async run(input, context) {
    const { account } = context;
    const { machine } = account;
    const { setup, file } = await openSettings(context, input);
    const isWritten = setup.keyBy === "text";
    const { credentials, host, client } = openAccount(account, input, !isWritten);
    if (!isWritten) checkGateway(credentials, host);
    const { models, origin, problem } = await loadCatalogue({
      client,
      cachePath: join(context.stateDirectory, "catalogue.json"),
      now: context.now,
      timeoutMs: PATIENCE_MS,
    });
    const keyCommand = makeKeyCommand({ host, keyName: input.keyName });
    const access = { host, apiKey: isWritten ? credentials.apiKey : "", keyCommand, models, os: machine.os };
    const change = file === undefined ? UNTOUCHED : await addProvider(file, access);
    const advice = setup.advice(providerAt(access), machine);
    const shell = settingLines(advice.variables ?? {}, setup.keyBy === "variable" ? keyCommand : undefined, machine.os);
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      agent: input.agent,
      file: file?.path,
      changed: change.changed,
      created: change.created,
      replaced: [...change.replaced],
      keptAt: change.keptAt,
      provider: "opper",
      host,
      key: maskKey(credentials.apiKey),
      keyBy: setup.keyBy,
      models: models.length,
      catalogue: origin,
      shell: [...shell],
      advice: [...advice.sentences],
      notes: problem === undefined ? [] : [problem],
    };
  },

  view(output, _input, context) {
    const models = countOf(output.models, "model");
    const { file } = output;
    return [
      {
        kind: "facts",
        facts: [
          ["Provider", { text: `${output.provider}, ${models}${ORIGIN[output.catalogue]}` }],
          ["Gateway", { text: output.host }],
          ["Key", { text: `${output.key}${KEY_BY[output.keyBy]}` }],
          ...file === undefined ? [] : [
            ["File", {
              text: `${shortenPath(file, context.home)}: ${
                output.created ? "made" : output.changed ? "changed" : "no change was needed"
              }`,
            }] as const,
          ],
        ],
      },
      ...replacedView(output, context.home),
      ...output.shell.length === 0 ? [] : [
        { kind: "text" as const, text: "To be set in the shell that the agent is started from:", tone: "dim" as const },
        ...output.shell.map((text) => ({ kind: "text" as const, text, isTyped: true as const })),
      ],
      ...output.advice.map((text) => ({ kind: "text" as const, text })),
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "warn" as const })),
    ];
  },
});

/** What force did away with; nothing where nothing was. */
export function replacedView(
  { replaced, keptAt }: { readonly replaced: readonly string[]; readonly keptAt?: string },
  home: string,
) {
  if (replaced.length === 0 || keptAt === undefined) return [];
  const text = `By force: ${replaced.join(" and ")}. The file as it was is kept in ${shortenPath(keptAt, home)}.`;
  return [{ kind: "text" as const, text, tone: "warn" as const }];
}

const KEY_BY: Readonly<Record<ProviderSetup["keyBy"], string>> = {
  text: ", written into the file",
  command: ", printed by `opper-agent key` whenever the agent asks",
  variable: ", from OPPER_API_KEY",
};

const ORIGIN = {
  gateway: "",
  cache: "",
  stale_cache: " of an earlier catalogue",
  built_in: " of the built-in list, without prices",
} as const;
