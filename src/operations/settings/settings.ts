/**
 * The settings of config.json, said once instead of with every command: which keys there are, what they may hold, and
 * what holds when a flag, the environment and the file all speak.
 *
 * Pure: text of the file comes from the caller. Loaded only when there is a file (load_settings.ts).
 */
import { AgentError } from "../../core/errors.ts";
import { quoteValue } from "../../core/quote_value.ts";
import { suggest } from "../../core/suggest.ts";
import { isTimezone } from "../../core/timezone.ts";
import { idsWith } from "../../agents/agents.ts";

/** Values as they were said in one place; what is absent was not said there. */
export interface SettingValues {
  readonly timezone?: string;
  readonly digits?: number;
  /** `SOURCE=DIR` each. */
  readonly roots?: readonly string[];
  readonly hideProjects?: readonly string[];
}

export type SettingKey = keyof SettingValues;
export type Origin = "flag" | "environment" | "file" | "default";

interface SettingRule {
  readonly key: SettingKey;
  readonly flag: string;
  readonly description: string;
  /** What it may hold, to follow "expected". */
  readonly wanted: string;
  /** As it is typed behind `config set KEY`. */
  readonly example: string;
  readonly list: boolean;
  /** Whether one value, or one item of a list, is right. */
  accepts(value: unknown): boolean;
}

/** Most decimals that a dollar is shown with. */
const MAX_DIGITS = 6;

/** In the order that they are shown in. */
export const SETTING_RULES: readonly SettingRule[] = [
  {
    key: "timezone",
    flag: "--timezone",
    description: "Time zone for dates",
    wanted: "an IANA name",
    example: "Europe/Stockholm",
    list: false,
    accepts: (value) => typeof value === "string" && isTimezone(value),
  },
  {
    key: "digits",
    flag: "--digits",
    description: "Decimals of US dollars in tables",
    wanted: `a whole number from 0 to ${MAX_DIGITS}`,
    example: "2",
    list: false,
    accepts: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_DIGITS,
  },
  {
    key: "roots",
    flag: "--root",
    description: "Further directories to read logs from",
    wanted: `SOURCE=DIR each, SOURCE being ${idsWith("source").join(", ")}, and DIR absolute or below ~`,
    example: "claude=~/backup/.claude/projects",
    list: true,
    accepts: (value) => {
      const [, source = "", directory = ""] = /^([^=]+)=(.+)$/s.exec(String(value)) ?? [];
      return idsWith("source").includes(source) && /^(~($|[/\\])|[/\\]|[A-Za-z]:[/\\])/.test(directory);
    },
  },
  {
    key: "hideProjects",
    flag: "--hide-project",
    description: "Projects that lists leave out",
    wanted: "part of a path, or a path, each",
    example: "~/src/private",
    list: true,
    accepts: (value) => typeof value === "string" && value.trim() !== "",
  },
];

const KEYS = SETTING_RULES.map(({ key }) => key);

/**
 * Reads JSON with comments and trailing commas. Nothing but white space is an empty file.
 *
 * @param path of the file, for messages
 * @throws {AgentError} usage, that names file, key, what it holds and what was expected
 */
export async function parseSettings(text: string, path: string): Promise<SettingValues> {
  const [{ getNodeValue }, { parseDocument }, { propertiesOf }] = await Promise.all([
    import("jsonc-parser"),
    import("../../core/json/parse_document.ts"),
    import("../../core/json/json_document.ts"),
  ]);
  const read = () => {
    try {
      return parseDocument(text).root;
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      throw new AgentError("usage", `"${path}" cannot be used. ${error.message}`, { hint: "Fix that place." });
    }
  };
  const root = read();
  const values = new Map<SettingKey, unknown>();
  for (const { children: [name, value] = [] } of root === undefined ? [] : propertiesOf(root)) {
    const rule = SETTING_RULES.find(({ key }) => key === name?.value);
    if (rule === undefined) throw unknownKey(String(name?.value), path);
    if (values.has(rule.key)) {
      throw new AgentError("usage", `"${path}" has "${rule.key}" twice: expected it once.`, { hint: "Remove one." });
    }
    values.set(rule.key, checkValue(rule, value === undefined ? undefined : getNodeValue(value), path));
  }
  return Object.fromEntries(values);
}

function unknownKey(key: string, path: string): AgentError {
  const meant = suggest(key, KEYS);
  return new AgentError("usage", `"${path}" has an unknown key "${key}": expected ${listOf(KEYS)}.`, {
    hint: meant === undefined ? "Remove it." : `Did you mean ${meant}?`,
  });
}

function checkValue(rule: SettingRule, value: unknown, path: string): unknown {
  const wrong = rule.list && Array.isArray(value)
    ? value.find((item) => typeof item !== "string" || !rule.accepts(item))
    : value;
  if (rule.list ? Array.isArray(value) && wrong === undefined : rule.accepts(value)) return value;
  const wanted = rule.list ? `a list of texts, ${rule.wanted}` : rule.wanted;
  throw new AgentError("usage", `"${rule.key}" of "${path}" holds ${quoteValue(wrong)}: expected ${wanted}.`, {
    hint: `For example: opper-agent config set ${rule.key} ${rule.example}.`,
  });
}

/**
 * What `config set KEY VALUE...` writes.
 *
 * @throws {AgentError} usage, for too few or too many values, or a wrong one
 */
export function readSetting(key: SettingKey, texts: readonly string[]): string | number | readonly string[] {
  const rule = SETTING_RULES.find((rule) => rule.key === key)!;
  const hint = `For example: opper-agent config set ${key} ${rule.example}.`;
  if (texts.length === 0 || (!rule.list && texts.length > 1)) {
    throw new AgentError("usage", `Expected ${rule.list ? "values" : "one value"} for ${key}, not ${texts.length}.`, {
      hint,
    });
  }
  const values = texts.map((text) => key === "digits" && /^\d+$/.test(text) ? Number(text) : text);
  const wrong = values.findIndex((value) => !rule.accepts(value));
  if (wrong === -1) return rule.list ? values.map(String) : values[0]!;
  throw new AgentError("usage", `Expected ${rule.wanted} for ${key}, not "${texts[wrong]}".`, { hint });
}

/** Where a setting may be said; what is in front goes before what follows. */
export interface SettingPlaces {
  readonly flags: SettingValues;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: SettingValues;
  readonly systemTimezone: string;
}

/** What holds, with where it is from. */
export interface Effective<T> {
  readonly value: T;
  readonly origins: readonly Origin[];
}

export interface Settings {
  readonly timezone: Effective<string>;
  /** Undefined: as many as an amount needs. */
  readonly digits: Effective<number | undefined>;
  readonly roots: Effective<readonly string[]>;
  readonly hideProjects: Effective<readonly string[]>;
}

/** The flag goes first, then the environment (`TZ`), then the file. Lists add up. */
export function resolveSettings({ flags, env, file, systemTimezone }: SettingPlaces): Settings {
  return {
    timezone: flags.timezone !== undefined
      ? { value: flags.timezone, origins: ["flag"] }
      : env.TZ
      ? { value: systemTimezone, origins: ["environment"] }
      : file.timezone !== undefined
      ? { value: file.timezone, origins: ["file"] }
      : { value: systemTimezone, origins: ["default"] },
    digits: flags.digits !== undefined
      ? { value: flags.digits, origins: ["flag"] }
      : { value: file.digits, origins: [file.digits === undefined ? "default" : "file"] },
    roots: addUp(flags.roots, file.roots),
    hideProjects: addUp(flags.hideProjects, file.hideProjects),
  };
}

function addUp(flag: readonly string[] = [], file: readonly string[] = []): Effective<readonly string[]> {
  const origins: Origin[] = [];
  if (flag.length > 0) origins.push("flag");
  if (file.length > 0) origins.push("file");
  return { value: [...flag, ...file], origins: origins.length === 0 ? ["default"] : origins };
}

function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
