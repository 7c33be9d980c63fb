/**
 * Which models Claude Code means by its aliases (`opus`, `sonnet`, ...): by itself Anthropic's newest, which a gateway may
 * not have or calls otherwise. Variables of 2.1.332, run 2026-11-26.
 */
import type { CatalogueModel } from "../../core/catalogue_model.ts";

/** Each has a variable of its own, and is an alias. */
const FAMILIES = ["opus", "sonnet", "haiku", "fable"] as const;

type Family = typeof FAMILIES[number];

/**
 * @param chosen the model that was asked for, an id of the catalogue
 * @returns variables for each family that the catalogue has
 */
export function modelVariables(
  models: readonly CatalogueModel[],
  chosen: string | undefined,
): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const family of FAMILIES) {
    const newest = newestOf(family, models);
    if (newest !== undefined) variables[variableOf(family)] = newest;
  }
  if (chosen === undefined) return variables;
  const isClaude = FAMILIES.some((family) => versionIn(chosen, family) !== undefined);
  return {
    // What is asked beside the conversation goes to the small one, which has to be there.
    ...(variableOf("haiku") in variables ? {} : { [variableOf("haiku")]: chosen }),
    ...variables,
    // To have it in the list that one chooses from.
    ...(isClaude ? {} : { ANTHROPIC_CUSTOM_MODEL_OPTION: chosen }),
  };
}

function variableOf(family: Family): string {
  return `ANTHROPIC_DEFAULT_${family.toUpperCase()}_MODEL`;
}

/** The first one of the highest version, under whichever vendor's prefix. */
function newestOf(family: Family, models: readonly CatalogueModel[]): string | undefined {
  let newest: { readonly id: string; readonly version: number } | undefined;
  for (const { id } of models) {
    const version = versionIn(id, family);
    if (version !== undefined && (newest === undefined || version > newest.version)) newest = { id, version };
  }
  return newest?.id;
}

/** `claude-opus-4-7` and `anthropic/claude-opus-4.7` are 4.07. Undefined for another family. */
function versionIn(id: string, family: Family): number | undefined {
  const [, major, minor = "0"] = new RegExp(`(?:^|/)claude-${family}-(\\d{1,2})(?:[-.](\\d{1,2}))?(?!\\d)`).exec(id) ??
    [];
  return major === undefined ? undefined : Number(major) + Number(minor) / 100;
}
