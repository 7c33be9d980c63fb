/** `config`: what holds for every command unless a flag says otherwise, where it is from, and changing it. */
import { AgentError } from "../../core/errors.ts";
import { removeJsonKey, setJsonKey } from "../../core/json/json_edit.ts";
import { shortenPath } from "../report/cells.ts";
import { choice, defineInput, text, texts } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { parseSettings, readSetting, resolveSettings, SETTING_RULES, type SettingKey } from "./settings.ts";
import type { View } from "../contract/view.ts";

const ACTIONS = ["show", "set", "unset"] as const;
const KEYS = SETTING_RULES.map(({ key }) => key);

const input = defineInput({
  action: choice(ACTIONS, "The action", { default: "show" }),
  key: choice(KEYS, "The setting to change"),
  value: texts("The new value; roots and hideProjects take several"),
  timezone: text("IANA time zone for dates, such as Europe/Stockholm; default: the system's"),
});

export const config = defineOperation({
  name: "config",
  summary: "Show or change your defaults",
  description: "Shows every setting, and where its value comes from: a flag, the environment or " +
    "config.json. The first of these that has a value counts, and lists add up. set and unset " +
    "change one key of config.json, and no other byte. The file is JSON with comments. digits " +
    "are the decimals of US dollars in tables, and roots is a list of SOURCE=DIR. Sessions of " +
    "hideProjects are left out of lists, while cost adds them up as (hidden). Sessions named " +
    "by --project or by id are shown all the same. The MCP server reads the file when it " +
    "starts.",
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
        return { key, value: typeof value === "object" ? [...value] : value, from: [...origins], flag };
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
        rows: output.settings.map(({ key, value, from, flag }) => {
          const text = typeof value === "object" ? value.join(" ") : value === undefined ? "" : String(value);
          return [
            { text: key },
            text === "" ? { text: UNSET[key] ?? "", value: null, tone: "dim" } : { text, value: text },
            { text: from.join(", "), tone: from[0] === "default" ? "dim" : undefined },
            { text: flag, tone: "dim" },
          ];
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

/** What holds where nothing is said. */
const UNSET: Partial<Record<SettingKey, string>> = {
  digits: "as many as an amount needs",
  roots: "none",
  hideProjects: "none",
};

interface Change {
  readonly action: typeof ACTIONS[number];
  readonly key?: SettingKey;
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
    throw new AgentError("usage", `Expected KEY after "config ${action}": ${KEYS.join(", ")}.`, { hint });
  }
  try {
    if (action === "set") return setJsonKey(text ?? "", [key], readSetting(key, values));
    if (text === undefined) return undefined;
    const left = removeJsonKey(text, [key]);
    return left.trim() === "" && left !== text ? undefined : left;
  } catch (error) {
    if (!(error instanceof AgentError) || error.code === "usage") throw error;
    throw new AgentError(error.code, `"${path}" cannot be changed. ${error.message}`, { hint: error.hint });
  }
}

function noConfig(): never {
  throw new Error("config needs a context that knows the file");
}
