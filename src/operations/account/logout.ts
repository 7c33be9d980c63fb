/** `logout`: forgets a stored key. The key itself stays valid: only who made it can take it back. */
import { removeKey } from "../../gateways/opper/credentials.ts";
import { PLATFORM_URL } from "../../gateways/opper/api_key.ts";
import { ACCOUNT_ON_COMMAND_LINE, accountInput, environmentKeyNotes } from "./open_account.ts";
import { defineInput } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";

const input = defineInput({ keyName: accountInput.keyName });

export const logout = defineOperation({
  name: "logout",
  summary: "Forget a stored API key",
  description: "Removes one key from config.json in OPPER_HOME (~/.opper). Other keys stay, and none " +
    "becomes the default instead. The API key itself stays valid until you delete it at " +
    `${PLATFORM_URL}.`,
  needs: ["user_files"],
  input,
  output: async () => (await import("./logout_output.ts")).logoutOutput,
  commandLine: { keyName: ACCOUNT_ON_COMMAND_LINE.keyName },
  examples: [
    { command: "logout", explains: "forget the default key" },
    { command: "logout --key work", explains: "forget another key" },
  ],

  async run(input, context) {
    const { account } = context;
    const { path, keyName, removed, left } = await removeKey(account.opperHome, input.keyName);
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      keyName,
      removed,
      left: [...left],
      file: path,
      notes: [...environmentKeyNotes(account)],
    };
  },

  view(output) {
    const left = output.left.length === 0 ? "No key is stored any more." : `Still stored: ${output.left.join(", ")}.`;
    return [
      {
        kind: "text",
        text: output.removed
          ? `Removed the key "${output.keyName}". ${left}`
          : `No key "${output.keyName}" was stored.`,
      },
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "warn" as const })),
    ];
  },
});
