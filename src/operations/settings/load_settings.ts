/**
 * The settings that hold for a command, from flags, environment and file. In front of every answer: where there is no
 * file, nothing is loaded to read it.
 */
import type { ExtraRoot } from "../../core/extra_root.ts";
import { expandHome } from "../../core/said_place.ts";
import type { Currency } from "../report/currency.ts";
import type { Plans } from "../report/plans.ts";
import type { Budget, ExportDefaults, GatewayConsents, LimitSettings } from "./setting_rules.ts";
import type { SettingPlaces } from "./settings.ts";

/** Where settings are kept. */
export interface SettingsFile {
  /** Absolute. */
  readonly path: string;
  /** Undefined where there is none. */
  readText(): string | undefined;
  /** @param change gives the new text for the old one; undefined is no file. Called again when somebody was quicker */
  edit(change: (text: string | undefined) => string | undefined): Promise<{ readonly after?: string }>;
}

/** The settings as a context holds them (context.ts), and the file's own roots, for the scan. */
export interface LoadedSettings {
  readonly timezone: string;
  readonly digits?: number;
  readonly hideProjects: readonly string[];
  readonly exchangeRate?: Currency;
  readonly plans?: Plans;
  readonly budget?: Budget;
  readonly limitSettings?: LimitSettings;
  readonly consents?: GatewayConsents;
  readonly exportDefaults?: ExportDefaults;
  readonly fileRoots: readonly ExtraRoot[];
}

/**
 * @param home absolute, for `~` in roots
 * @throws {AgentError} as parseSettings does
 */
export async function loadSettings(
  file: SettingsFile,
  places: Omit<SettingPlaces, "file"> & { readonly home: string },
): Promise<LoadedSettings> {
  const text = file.readText();
  if (text === undefined) {
    const { flags, systemTimezone } = places;
    const { timezone = systemTimezone, digits, hideProjects = [] } = flags;
    return { timezone, digits, hideProjects, fileRoots: [] };
  }
  const { parseSettings, resolveSettings } = await import("./settings.ts");
  const values = await parseSettings(text, file.path);
  const settings = resolveSettings({ ...places, file: values });
  const { timezone, digits, hideProjects, currency, plan, budget, limits, enrich } = settings;
  return {
    timezone: timezone.value,
    digits: digits.value,
    hideProjects: hideProjects.value,
    exchangeRate: currency.value,
    plans: plan.value,
    budget: budget.value,
    limitSettings: limits.value,
    consents: enrich.value,
    exportDefaults: settings.export.value,
    fileRoots: (values.roots ?? []).map((root) => {
      const at = root.indexOf("=");
      return { source: root.slice(0, at), directory: expandHome(root.slice(at + 1), places.home) };
    }),
  };
}
