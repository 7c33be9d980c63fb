/**
 * The settings of config.json, said once instead of with every command: reading the file, what `config set` writes, and
 * what holds when a flag, the environment and the file all speak.
 *
 * Pure: text of the file comes from the caller. Loaded only when there is a file (load_settings.ts).
 */
import { AgentError } from "../../core/errors.ts";
import { isRecord } from "../../core/json/is_record.ts";
import { quoteValue } from "../../core/quote_value.ts";
import { suggest } from "../../core/suggest.ts";
import type { Currency } from "../report/currency.ts";
import type { Plans } from "../report/plans.ts";
import {
  type Budget,
  exampleKey,
  type ExportDefaults,
  type GatewayConsents,
  type LimitSettings,
  type Members,
  SETTING_RULES,
  type SettingKey,
  type SettingRule,
  type SettingValues,
  typedKey,
  type ValueRule,
} from "./setting_rules.ts";

export type Origin = "flag" | "environment" | "file" | "default";

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
    if (rule === undefined) throw unknownKey(`"${path}"`, String(name?.value), KEYS);
    if (values.has(rule.key)) {
      throw new AgentError("usage", `"${path}" has "${rule.key}" twice: expected it once.`, { hint: "Remove one." });
    }
    values.set(rule.key, checkSetting(rule, value === undefined ? undefined : getNodeValue(value), path));
  }
  return Object.fromEntries(values);
}

function unknownKey(where: string, key: string, keys: readonly string[]): AgentError {
  const meant = suggest(key, keys);
  return new AgentError("usage", `${where} has an unknown key "${key}": expected ${listOf(keys)}.`, {
    hint: meant === undefined ? "Remove it." : `Did you mean ${meant}?`,
  });
}

/** What a setting of the file is, as it is used. */
function checkSetting(rule: SettingRule, value: unknown, path: string): unknown {
  const { key, shape } = rule;
  const wrong = (place: string, held: unknown, wanted: string) =>
    new AgentError("usage", `"${place}" of "${path}" holds ${quoteValue(held)}: expected ${wanted}.`, {
      hint: exampleHint(rule),
    });
  const check = (place: string, { wanted, accepts }: ValueRule, held: unknown) => {
    if (!accepts(held)) throw wrong(place, held, wanted);
    return held;
  };
  const checkObject = (place: string, members: Members, held: unknown) => {
    const names = Object.keys(members);
    if (!isRecord(held)) throw wrong(place, held, `an object with ${listOf(names, "and")}`);
    const unknown = Object.keys(held).find((name) => !names.includes(name));
    if (unknown !== undefined) throw unknownKey(`"${place}" of "${path}"`, unknown, names);
    return Object.fromEntries(names.map((name) => [name, check(`${place}.${name}`, members[name]!, held[name])]));
  };
  switch (shape.kind) {
    case "one":
      return check(key, shape.value, value);
    case "list": {
      if (!Array.isArray(value)) throw wrong(key, value, `a list of texts, ${shape.value.wanted}`);
      const item = value.find((item) => typeof item !== "string" || !shape.value.accepts(item));
      if (item !== undefined) throw wrong(key, item, `a list of texts, ${shape.value.wanted}`);
      return value;
    }
    case "object":
      return checkObject(key, shape.members, value);
    case "objects":
      if (!isRecord(value)) throw wrong(key, value, `an object by ${shape.name}`);
      return Object.fromEntries(
        Object.entries(value).map(([name, own]) => [
          name.toLowerCase(),
          checkObject(`${key}.${name}`, shape.members, own),
        ]),
      );
    case "values": {
      if (!isRecord(value)) throw wrong(key, value, `an object with ${listOf(shape.names, "and")}`);
      const unknown = Object.keys(value).find((name) => !shape.names.includes(name));
      if (unknown !== undefined) throw unknownKey(`"${key}" of "${path}"`, unknown, shape.names);
      return Object.fromEntries(
        Object.entries(value).map(([name, own]) => [name, check(`${key}.${name}`, shape.value, own)]),
      );
    }
  }
}

function exampleHint({ example }: SettingRule): string {
  return `For example: opper-agent config set ${example}.`;
}

/** Keys as they are typed, such as a shell may offer. */
export const TYPED_KEYS = SETTING_RULES.map(exampleKey);

/** Where in the file a typed key is: `plan.anthropic` is a member of `plan`. */
export interface SettingPlace {
  readonly rule: SettingRule;
  readonly path: readonly [key: string] | readonly [key: string, name: string];
}

/** @throws {AgentError} usage, for a key that there is not */
export function findSetting(typed: string): SettingPlace {
  const at = typed.indexOf(".");
  const [key, name] = at === -1 ? [typed, undefined] : [typed.slice(0, at), typed.slice(at + 1).toLowerCase()];
  const rule = SETTING_RULES.find((rule) => rule.key === key);
  if (rule !== undefined && name === undefined) return { rule, path: [key] };
  if (rule?.shape.kind === "objects" && name) return { rule, path: [key, name] };
  const own = rule?.shape.kind === "values" ? rule.shape.names.find((own) => own.toLowerCase() === name) : undefined;
  if (rule !== undefined && own !== undefined) return { rule, path: [key, own] };
  const meant = suggest(key, KEYS);
  const keys = SETTING_RULES.map(typedKey);
  throw new AgentError("usage", `Expected ${listOf(keys)} for KEY, not "${typed}".`, {
    hint: meant === undefined
      ? "`opper-agent config` shows every setting."
      : `Did you mean ${typedKey(SETTING_RULES.find(({ key }) => key === meant)!)}?`,
  });
}

/**
 * What `config set KEY VALUE...` writes. An object is typed as JSON, or as its members in their order.
 *
 * @throws {AgentError} usage, for too few or too many values, or a wrong one
 */
export function readSetting({ rule, path }: SettingPlace, texts: readonly string[]): unknown {
  const key = path.join(".");
  const { shape } = rule;
  const wrong = (message: string) => new AgentError("usage", message, { hint: exampleHint(rule) });
  const check = (place: string, { wanted, accepts }: ValueRule, value: unknown, typed = quoteValue(value)) => {
    if (accepts(value)) return value;
    throw wrong(`Expected ${wanted} for ${place}, not ${typed}.`);
  };
  const read = (place: string, value: ValueRule, text: string) =>
    check(place, value, value.fromText?.(text) ?? text, `"${text}"`);
  switch (shape.kind) {
    case "one":
      if (texts.length !== 1) throw wrong(`Expected one value for ${key}, not ${texts.length}.`);
      return read(key, shape.value, texts[0]!);
    case "list":
      if (texts.length === 0) throw wrong(`Expected values for ${key}, not 0.`);
      return texts.map((text) => read(key, shape.value, text));
    case "values":
      if (path.length === 1) throw wrong(`Expected ${typedKey(rule)}, not "${key}" alone.`);
      if (texts.length !== 1) throw wrong(`Expected one value for ${key}, not ${texts.length}.`);
      return read(key, shape.value, texts[0]!);
    case "objects":
      if (path.length === 1) throw wrong(`Expected ${typedKey(rule)}, not "${key}" alone.`);
  }
  const names = Object.keys(shape.members);
  const json = texts.length === 1 ? parseObject(texts[0]!) : undefined;
  if (json !== undefined) {
    const unknown = Object.keys(json).find((name) => !names.includes(name));
    if (unknown !== undefined) throw wrong(`Expected ${listOf(names, "and")} for ${key}, not "${unknown}".`);
    return Object.fromEntries(
      names.map((name) => [name, check(`${key}.${name}`, shape.members[name]!, json[name])]),
    );
  }
  if (texts.length !== names.length) {
    throw wrong(
      `Expected ${listOf(names, "and")} for ${key}, not ${texts.length === 1 ? `"${texts[0]}"` : texts.length}.`,
    );
  }
  return Object.fromEntries(
    names.map((name, index) => [name, read(`${key}.${name}`, shape.members[name]!, texts[index]!)]),
  );
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
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
  readonly currency: Effective<Currency | undefined>;
  readonly plan: Effective<Plans>;
  readonly budget: Effective<Budget>;
  readonly limits: Effective<LimitSettings>;
  readonly enrich: Effective<GatewayConsents>;
  readonly export: Effective<ExportDefaults>;
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
      : fromFile<number | undefined>(file.digits, undefined),
    roots: addUp(flags.roots, file.roots),
    hideProjects: addUp(flags.hideProjects, file.hideProjects),
    currency: fromFile<Currency | undefined>(file.currency, undefined),
    plan: fromFile<Plans>(file.plan, {}),
    budget: fromFile<Budget>(file.budget, {}),
    limits: fromFile<LimitSettings>(file.limits, {}),
    enrich: fromFile<GatewayConsents>(file.enrich, {}),
    export: fromFile<ExportDefaults>(file.export, {}),
  };
}

function fromFile<T>(value: T | undefined, otherwise: T): Effective<T> {
  return value === undefined ? { value: otherwise, origins: ["default"] } : { value, origins: ["file"] };
}

function addUp(flag: readonly string[] = [], file: readonly string[] = []): Effective<readonly string[]> {
  const origins: Origin[] = [];
  if (flag.length > 0) origins.push("flag");
  if (file.length > 0) origins.push("file");
  return { value: [...flag, ...file], origins: origins.length === 0 ? ["default"] : origins };
}

function listOf(names: readonly string[], word: "and" | "or" = "or"): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}
