/** `login`: reads a key, tries it out, and stores it. The key is shown to nobody and taken from no argument. */
import { hostOf } from "../../launch/routing.ts";
import { createOpperClient } from "../../gateways/opper/client.ts";
import { GatewayError } from "../../gateways/request_json.ts";
import { findSlot, saveKey } from "../../gateways/opper/credentials.ts";
import { checkKey, maskKey, PLATFORM_URL, readKey } from "../../gateways/opper/api_key.ts";
import { shortenPath } from "../report/cells.ts";
import { ACCOUNT_ON_COMMAND_LINE, environmentKeyNotes, hostFor } from "./open_account.ts";
import { defineInput, text, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

const input = defineInput({
  keyName: text("Name to store the key under, instead of the default one"),
  baseUrl: text("The gateway's address, stored with the key"),
  check: toggle("Try the key at the gateway before it is stored", {
    default: true,
    off: "Store the key without trying it at the gateway",
  }),
});

export const login = defineOperation({
  name: "login",
  summary: "Store an Opper API key",
  description: "Asks for an API key without showing it, or reads one line from standard input. Tries the " +
    "key at the gateway. Stores it under a name in config.json in OPPER_HOME (~/.opper), " +
    `readable by its owner alone. Create keys at ${PLATFORM_URL}.`,
  needs: ["network", "programs", "user_files"],
  input,
  output: async () => (await import("./login_output.ts")).loginOutput,
  commandLine: ACCOUNT_ON_COMMAND_LINE,
  examples: [
    { command: "login", explains: "asks for the key" },
    { command: "login --key work < key.txt", explains: "stores a second key, for launch --key work" },
  ],

  async run(input, context) {
    const { account } = context;
    // All that can be wrong is said before anybody is asked.
    const slot = findSlot(account.opperHome, input.keyName);
    const baseUrl = input.baseUrl === undefined ? undefined : hostOf(input.baseUrl, { from: "--base-url" });
    const host = hostFor(account, input, slot.baseUrl);

    const apiKey = readKey(await account.readSecret("Opper API key: "));
    checkKey(apiKey, "The input", "failed");
    const models = input.check
      ? (await createOpperClient({ host, apiKey, fetch: account.fetch }).listModels().catch(explainUnchecked)).length
      : undefined;
    const stored = await saveKey({
      opperHome: account.opperHome,
      keyName: slot.keyName,
      apiKey,
      baseUrl,
      obtainedAt: isoTime(context.now)!,
    });
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      keyName: stored.keyName,
      key: maskKey(apiKey),
      host,
      checked: models !== undefined,
      models,
      isDefault: stored.isDefault,
      replaced: stored.replaced,
      file: stored.path,
      notes: [...environmentKeyNotes(account)],
    };
  },

  view(output, _input, context) {
    return [
      {
        kind: "facts",
        facts: [
          ["Stored", {
            text: `${output.key} as "${output.keyName}"${output.replaced ? ", in place of another key" : ""}`,
          }],
          ["Gateway", { text: output.host }],
          ["Checked", output.checked ? { text: "accepted", tone: "good" } : { text: "no", tone: "warn" }],
          ["Used", { text: output.isDefault ? "by default" : `with --key ${output.keyName}` }],
          ["File", { text: shortenPath(output.file, context.home) }],
        ],
      },
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "warn" as const })),
    ];
  },
});

/** A key that was not tried out is not stored, unless somebody says so. */
function explainUnchecked(error: unknown): never {
  if (!(error instanceof GatewayError)) throw error;
  throw new GatewayError(error.code, error.failure, `The key was not stored: ${error.message}`, {
    hint: error.failure === "refused"
      ? `Copy the key again from ${PLATFORM_URL}.`
      : `${error.hint ?? "Try again."} --no-check stores the key without trying it.`,
    cause: error.cause,
  });
}
