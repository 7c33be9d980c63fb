/** The settings that make advice so, each with the rows that it is for. */
import type { AdviceRow } from "./advise_output.ts";
import { shortName } from "./advice_rows_table.ts";

/** So many rows are named; of more it is said how many they are. */
const MOST_NAMED = 4;

/** One line a setting. */
export function adviceSettings(rows: readonly AdviceRow[], home: string): string[] {
  const advised = rows.filter(({ advice }) => advice !== undefined && advice.settings.length > 0);
  const bySetting = Map.groupBy(
    advised,
    ({ source, role, advice }) => JSON.stringify([source, role, settingText(advice!.settings[0]!)]),
  );
  return [...bySetting.values()].map((own) => {
    const { source, role, advice } = own[0]!;
    const ofKind = rows.filter((row) => row.source === source && row.role === role);
    const which = own.length > 1 && ofKind.length === own.length
      ? "all"
      : own.length > MOST_NAMED
      ? `${own.length} of ${ofKind.length} projects`
      : own.map((row) => shortName(row, home)).join(", ");
    return `${source}, ${role}, ${which}: ${settingText(advice!.settings[0]!)}`;
  });
}

type Setting = NonNullable<AdviceRow["advice"]>["settings"][number];

/** `"promptCacheTtl": "1h"` in a file, or `PI_CACHE_RETENTION=long`. */
function settingText({ file, key, value, note }: Setting): string {
  const set = value === undefined
    ? `without ${key}`
    : file === undefined
    ? `${key}=${value}`
    : `"${key}": "${value}" in ${file}`;
  return note === undefined ? set : `${set}. ${note}`;
}
