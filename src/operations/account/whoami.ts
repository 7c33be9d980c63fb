/** `whoami`: which key would be used, where it comes from, and whether the gateway accepts it. */
import { GatewayError } from "../../gateways/request_json.ts";
import { maskKey } from "../../gateways/opper/api_key.ts";
import { ACCOUNT_ON_COMMAND_LINE, accountInput, openAccount } from "./open_account.ts";
import { defineInput, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import type { Cell } from "../contract/view.ts";

const input = defineInput({
  ...accountInput,
  check: toggle("Ask the gateway whether it accepts the key", {
    default: true,
    off: "Show the key without asking the gateway; the exit status is then 0",
  }),
});

export const whoami = defineOperation({
  name: "whoami",
  summary: "Show which API key is used, and whether it is accepted",
  description: "Shows the API key that launch would use (only its ends), where the key comes from, and " +
    "the gateway's answer to it. OPPER_API_KEY comes before every stored key. The exit status " +
    "is 1 unless the gateway accepts the key. With --no-check the gateway is not asked, and " +
    "the status is 0.",
  needs: ["network"],
  input,
  output: async () => (await import("./whoami_output.ts")).whoamiOutput,
  commandLine: ACCOUNT_ON_COMMAND_LINE,
  examples: [
    { command: "whoami", explains: "the key that launch would use" },
    { command: "whoami --key work --json", explains: "another stored key, for a program" },
  ],

  async run(input, context) {
    const { credentials, host, client } = openAccount(context.account, input);
    const isStored = credentials.slot !== undefined;
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      key: maskKey(credentials.apiKey),
      origin: isStored ? "stored" as const : "environment" as const,
      keyName: credentials.slot,
      user: credentials.user === undefined ? undefined : { ...credentials.user },
      host,
      ...(input.check ? await askGateway(() => client.listModels()) : {}),
      notes: !isStored && input.keyName !== undefined
        ? [`The stored key "${input.keyName}" is not used: OPPER_API_KEY is set.`]
        : [],
    };
  },

  isFailure: ({ problem }) => problem !== undefined,

  view(output) {
    const { user } = output;
    const name = user?.name ?? user?.email;
    return [
      {
        kind: "facts",
        facts: [
          ["Key", {
            text: `${output.key} ${
              output.keyName === undefined ? "from OPPER_API_KEY" : `stored as "${output.keyName}"`
            }`,
          }],
          ...(name === undefined ? [] : [
            ["User", {
              text: user?.email !== undefined && user.email !== name ? `${name} <${user.email}>` : name,
            }] as const,
          ]),
          ["Gateway", { text: output.host }],
          ["Accepted", acceptedCell(output)],
        ],
      },
      ...(output.problem === undefined ? [] : [{ kind: "text" as const, text: output.problem, tone: "warn" as const }]),
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "warn" as const })),
    ];
  },
});

interface Verdict {
  readonly accepted?: boolean;
  readonly models?: number;
  readonly problem?: string;
}

async function askGateway(listModels: () => Promise<readonly unknown[]>): Promise<Verdict> {
  try {
    return { accepted: true, models: (await listModels()).length };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // 403 is a refusal, too. Anything else says nothing about the key.
    const isRefused = error.failure === "refused" || error.status === 403;
    return { ...(isRefused ? { accepted: false } : {}), problem: error.summary };
  }
}

function acceptedCell({ accepted, models }: Verdict): Cell {
  if (accepted === undefined) return { text: "not known", tone: "dim" };
  return accepted ? { text: `yes, ${models} models`, tone: "good" } : { text: "no", tone: "bad" };
}
