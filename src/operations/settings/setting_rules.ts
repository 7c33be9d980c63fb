/** Which keys config.json has, and what each may hold. Pure. */
import { isTimezone } from "../../core/timezone.ts";
import { idsWith } from "../../agents/agents.ts";
import type { Usd } from "../../core/model.ts";
import type { Currency } from "../report/currency.ts";
import type { Plans } from "../report/plans.ts";

/** Values as they were said in one place; what is absent was not said there. */
export interface SettingValues {
  readonly timezone?: string;
  readonly digits?: number;
  /** `SOURCE=DIR` each. */
  readonly roots?: readonly string[];
  readonly hideProjects?: readonly string[];
  readonly currency?: Currency;
  readonly plan?: Plans;
  readonly budget?: Budget;
  readonly limits?: LimitSettings;
  readonly enrich?: GatewayConsents;
  readonly export?: ExportDefaults;
}

/** What the user means to spend. */
export interface Budget {
  /** In a calendar month. @default no budget */
  readonly usdPerMonth?: Usd;
}

/** What holds for limits of plans, and for the budget. */
export interface LimitSettings {
  /** At which percentages `watch` rings. @default none */
  readonly alertAt?: readonly number[];
}

/** What `export` does without flags, as it would be typed behind the flag of that name. */
export type ExportDefaults = Readonly<Record<string, string>>;

/** Gateways that may be asked about responses without asking the person first: true. False: not even then. */
export type GatewayConsents = Readonly<Record<string, boolean>>;

export type SettingKey = keyof SettingValues;

/** One value: all of a setting, an item of a list, or a member of an object. */
export interface ValueRule {
  /** What it may hold, to follow "expected". */
  readonly wanted: string;
  accepts(value: unknown): boolean;
  /** The value that was typed. @default the text */
  fromText?(text: string): unknown;
}

/** One key of the file. */
export interface SettingRule {
  readonly key: SettingKey;
  /** The flag that says the same for one command; absent where there is none. */
  readonly flag?: string;
  readonly description: string;
  /** As it is typed behind `config set`, the key included. */
  readonly example: string;
  readonly shape:
    | { readonly kind: "one" | "list"; readonly value: ValueRule }
    /** `objects`: one for each name, typed as `key.NAME`. `name` is what stands for it in help. */
    | { readonly kind: "object"; readonly members: Members }
    | { readonly kind: "objects"; readonly members: Members; readonly name: string }
    /** One value for each of some names, typed as `key.NAME`. */
    | { readonly kind: "values"; readonly names: readonly string[]; readonly value: ValueRule };
}

/** In the order that they are typed in. */
export type Members = Readonly<Record<string, ValueRule>>;

/** Most decimals that an amount is shown with. */
const MAX_DIGITS = 6;

const someText: ValueRule = {
  wanted: "some text",
  accepts: (value) => typeof value === "string" && value.trim() !== "",
};

const amount: ValueRule = {
  wanted: "a number above 0",
  accepts: (value) => typeof value === "number" && Number.isFinite(value) && value > 0,
  fromText: (text) => /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : text,
};

const percentages: ValueRule = {
  wanted: "percentages from 1 to 100, as a list of numbers or with commas between them",
  accepts: (value) =>
    Array.isArray(value) && value.length > 0 &&
    value.every((each) => typeof each === "number" && each >= 1 && each <= 100),
  fromText: (text) => /^\d+(\.\d+)?(,\d+(\.\d+)?)*$/.test(text) ? text.split(",").map(Number) : text,
};

const yesOrNo: ValueRule = {
  wanted: "true or false",
  accepts: (value) => typeof value === "boolean",
  fromText: (text) => text === "true" ? true : text === "false" ? false : text,
};

/** In the order that they are shown in. */
export const SETTING_RULES: readonly SettingRule[] = [
  {
    key: "timezone",
    flag: "--timezone",
    description: "Time zone for dates",
    example: "timezone Europe/Stockholm",
    shape: {
      kind: "one",
      value: { wanted: "an IANA name", accepts: (value) => typeof value === "string" && isTimezone(value) },
    },
  },
  {
    key: "digits",
    flag: "--digits",
    description: "Decimals of amounts in tables",
    example: "digits 2",
    shape: {
      kind: "one",
      value: {
        wanted: `a whole number from 0 to ${MAX_DIGITS}`,
        accepts: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_DIGITS,
        fromText: (text) => /^\d+$/.test(text) ? Number(text) : text,
      },
    },
  },
  {
    key: "roots",
    flag: "--root",
    description: "Further directories to read logs from",
    example: "roots claude=~/backup/.claude/projects",
    shape: {
      kind: "list",
      value: {
        wanted: `SOURCE=DIR each, SOURCE being ${idsWith("source").join(", ")}, and DIR absolute or below ~`,
        accepts: (value) => {
          const [, source = "", directory = ""] = /^([^=]+)=(.+)$/s.exec(String(value)) ?? [];
          return idsWith("source").includes(source) && /^(~($|[/\\])|[/\\]|[A-Za-z]:[/\\])/.test(directory);
        },
      },
    },
  },
  {
    key: "hideProjects",
    flag: "--hide-project",
    description: "Projects that lists leave out",
    example: "hideProjects ~/src/private",
    shape: { kind: "list", value: { ...someText, wanted: "part of a path, or a path, each" } },
  },
  {
    key: "currency",
    description: "What another currency is worth",
    example: "currency EUR 0.92 2026-11-20",
    shape: {
      kind: "object",
      members: {
        code: {
          wanted: "three capital letters, such as EUR, and not USD",
          accepts: (value) => typeof value === "string" && /^[A-Z]{3}$/.test(value) && value !== "USD",
          fromText: (text) => text.toUpperCase(),
        },
        perUsd: amount,
        asOf: { wanted: "the rate's day, such as 2026-11-20", accepts: isDay },
      },
    },
  },
  {
    key: "plan",
    description: "What you pay a provider by the month",
    example: 'plan.anthropic "Max 20x" 200',
    shape: {
      kind: "objects",
      name: "PROVIDER",
      members: { name: { ...someText, wanted: "a name" }, usdPerMonth: amount },
    },
  },
  {
    key: "budget",
    description: "What you mean to spend in a calendar month",
    example: "budget.usdPerMonth 200",
    shape: { kind: "values", names: ["usdPerMonth"], value: amount },
  },
  {
    key: "limits",
    description: "Percentages of limits and of the budget at which watch rings",
    example: "limits.alertAt 75,90",
    shape: { kind: "values", names: ["alertAt"], value: percentages },
  },
  {
    key: "enrich",
    description: "Gateways that enrich asks without a question before",
    example: "enrich.openrouter true",
    shape: { kind: "values", names: ["openrouter"], value: yesOrNo },
  },
  {
    key: "export",
    description: "What export does without flags",
    example: "export.person anna@example.com",
    shape: {
      kind: "values",
      names: ["person", "host", "hash", "keyFile", "without", "projects"],
      value: { ...someText, wanted: "some text, as behind the flag" },
    },
  },
];

function isDay(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  try {
    Temporal.PlainDate.from(value);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What people type: `plan.PROVIDER` of one for each provider. */
export function typedKey({ key, shape }: SettingRule): string {
  if (shape.kind === "objects") return `${key}.${shape.name}`;
  return shape.kind === "values" ? `${key}.${shape.names.join("|")}` : key;
}

/** A key that may be typed, as an example. */
export function exampleKey({ example }: SettingRule): string {
  return example.split(" ")[0]!;
}
