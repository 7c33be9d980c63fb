/** `config`: what holds for every command unless a flag says otherwise, where it is from, and changing it. */
import { AgentError } from "../../core/errors.ts";
import { removeJsonKey, setJsonKey } from "../../core/json/json_edit.ts";
import { moneyText, shortenPath } from "../report/cells.ts";
import { choice, defineInput, text, texts } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { SETTING_RULES, typedKey } from "./setting_rules.ts";
import { findSetting, parseSettings, readSetting, resolveSettings, TYPED_KEYS } from "./settings.ts";
import type { Cell, View } from "../contract/view.ts";
import type { ConfigOutput } from "./config_output.ts";
import type { Currency } from "../report/currency.ts";

const ACTIONS = ["show", "set", "unset"] as const;

const input = defineInput({
  action: choice(ACTIONS, "The action", { default: "show" }),
  key: text(`The setting to change: ${SETTING_RULES.map(typedKey).join(", ")}`, { offers: TYPED_KEYS }),
  value: texts("The new value: of lists any number, of currency and plan their parts in order, or JSON"),
  timezone: text("IANA time zone for dates, such as Europe/Stockholm; default: the system's"),
});

export const config = defineOperation({
  name: "config",
  summary: "Show or change your defaults",
  description: "Shows every setting, and where its value comes from: a flag, the environment or " +
    "config.json. The first of these that has a value counts, and lists add up. set and unset " +
    "change one key of config.json, and no other byte. The file is JSON with comments. digits " +
    "are the decimals of amounts in tables, and roots is a list of SOURCE=DIR. Sessions of " +
    "hideProjects are left out of lists, while cost adds them up as (hidden). Sessions named " +
    "by --project or by id are shown all the same. currency is the rate that --currency uses: a " +
    "code, how much of it a US dollar is, and the rate's day. Rates are never fetched. " +
    "plan.PROVIDER is what you pay that provider: a name, and US dollars a month. " +
    "budget.usdPerMonth is what you mean to spend, and limits.alertAt are the percentages " +
    "of it, and of limits, at which watch rings. " +
    "enrich.openrouter says whether enrich asks you before it sends ids to OpenRouter. " +
    "export.person and the like stand for the flags of export. The MCP server reads the file " +
    "when it starts.",
  needs: ["user_files"],
  input,
  output: async () => (await import("./config_output.ts")).configOutput,
  commandLine: {
    action: { positional: true },
    key: { positional: true },
    value: { positional: true },
    timezone: { placeholder: "ZONE" },
  },
  examples: [
    { command: "config", explains: "every setting, and where its value comes from" },
    { command: "config set timezone Europe/Stockholm", explains: "instead of --timezone with every command" },
    { command: "config set hideProjects ~/src/private client-x", explains: "a path, and a part of a path" },
    { command: "config set currency EUR 0.92 2026-11-20", explains: "0.92 euros for a US dollar, on that day" },
    { command: 'config set plan.anthropic "Max 20x" 200', explains: "$200 a month, however much is used" },
    { command: "config set budget.usdPerMonth 200", explains: "limits and the page then show how much of it is spent" },
    { command: "config unset digits", explains: "back to the built-in default" },
  ],

  async run(input, context) {
    const { file, flags, systemTimezone } = context.config ?? noConfig();
    const before = file.readText();
    // Said before anything is opened for writing.
    const wanted = change(input, before, file.path);
    const after = wanted === before ? before : (await file.edit((text) => change(input, text, file.path))).after;
    const changed = after !== before;
    const settings = resolveSettings({
      flags: { ...flags, timezone: input.timezone },
      env: context.account.machine.env,
      file: after === undefined ? {} : await parseSettings(after, file.path),
      systemTimezone,
    });
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(context.now)!,
      file: file.path,
      exists: after !== undefined,
      changed,
      settings: SETTING_RULES.map(({ key, flag }) => {
        const { value, origins } = settings[key];
        return { key, value: copyOf(value), from: [...origins], flag };
      }),
    };
  },

  view(output, _input, context): View {
    const file = shortenPath(output.file, context.home);
    return [
      {
        kind: "table",
        columns: [
          { key: "key", title: "Key" },
          { key: "value", title: "Value", shrink: "keep_start" },
          { key: "from", title: "From" },
          { key: "flag", title: "Flag", priority: 1 },
        ],
        rows: output.settings.flatMap((setting) => {
          const { from, flag = "" } = setting;
          return rowsOf(setting).map(([key, text]): Cell[] => [
            { text: key },
            text === "" ? { text: UNSET[setting.key] ?? "", value: null, tone: "dim" } : { text, value: text },
            { text: from.join(", "), tone: from[0] === "default" ? "dim" : undefined },
            { text: flag, tone: "dim" },
          ]);
        }),
      },
      {
        kind: "text",
        text: output.changed
          ? output.exists ? `${file} was written.` : `${file} was removed: nothing was left in it.`
          : output.exists
          ? `The file is ${file}.`
          : `There is no ${file}; \`config set\` makes it.`,
        tone: "dim",
      },
    ];
  },
});

type Setting = ConfigOutput["settings"][number];

/** What the answer has, which may be written to: lists of settings may not. */
function copyOf(value: unknown): Setting["value"] {
  return structuredClone(value) as Setting["value"];
}

/** A row for a setting, or for each name of it; without a text where nothing is set. */
function rowsOf({ key, value }: Setting): readonly (readonly [key: string, text: string])[] {
  if (value === undefined || typeof value !== "object") return [[key, value === undefined ? "" : String(value)]];
  if (Array.isArray(value)) return [[key, value.join(" ")]];
  if (isCurrency(value)) return [[key, `${value.code}: ${value.perUsd} for a US dollar on ${value.asOf}`]];
  const rows = Object.entries(value).map(([name, own]): [string, string] => [
    `${key}.${name}`,
    Array.isArray(own)
      ? own.join(",")
      : typeof own !== "object"
      ? String(own)
      : `${own.name}: ${moneyText(own.usdPerMonth)} a month`,
  ]);
  return rows.length === 0 ? [[key, ""]] : rows;
}

function isCurrency(value: object): value is Currency {
  return "perUsd" in value && typeof value.perUsd === "number";
}

/** What holds where nothing is said. */
const UNSET: Partial<Record<Setting["key"], string>> = {
  digits: "as many as an amount needs",
  roots: "none",
  hideProjects: "none",
  currency: "none but US dollars",
  plan: "none",
  budget: "none",
  limits: "watch does not ring",
  enrich: "enrich asks first",
  export: "none",
};

interface Change {
  readonly action: typeof ACTIONS[number];
  /** As typed. */
  readonly key?: string;
  readonly value?: readonly string[];
}

/** The file's text afterwards; undefined when there is to be none. */
function change({ action, key, value }: Change, text: string | undefined, path: string): string | undefined {
  const values = value ?? [];
  const hint = `For example: opper-agent config ${action === "unset" ? "unset digits" : "set digits 2"}.`;
  const surplus = action === "show" ? key : action === "unset" ? values[0] : undefined;
  if (surplus !== undefined) {
    const takes = action === "show" ? "no KEY" : "KEY alone";
    throw new AgentError("usage", `"config ${action}" takes ${takes}, but was given "${surplus}".`, { hint });
  }
  if (action === "show") return text;
  if (key === undefined) {
    const keys = SETTING_RULES.map(typedKey);
    throw new AgentError("usage", `Expected KEY after "config ${action}": ${keys.join(", ")}.`, { hint });
  }
  const place = findSetting(key);
  try {
    if (action === "set") return setJsonKey(text ?? "", place.path, readSetting(place, values));
    if (text === undefined) return undefined;
    const left = removeJsonKey(text, place.path);
    return left.trim() === "" && left !== text ? undefined : left;
  } catch (error) {
    if (!(error instanceof AgentError) || error.code === "usage") throw error;
    throw new AgentError(error.code, `"${path}" cannot be changed. ${error.message}`, { hint: error.hint });
  }
}

function noConfig(): never {
  throw new Error("config needs a context that knows the file");
}
