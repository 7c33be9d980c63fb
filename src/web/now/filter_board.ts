/** Which caches the filters of the header let through: as the operations have it for turns. Pure. */
import type { FilterName } from "../address.ts";
import type { CacheEntry } from "./board_rows.ts";

type Filters = Readonly<Partial<Record<FilterName, string>>>;

/** Filters that mean something of what is now: a period does not. */
export function filtersOfNow({ source, provider, project, model }: Filters): Filters {
  return Object.fromEntries(
    Object.entries({ source, provider, project, model }).filter(([, value]) => value !== undefined),
  );
}

/** Those that all filters let through. */
export function filterCaches(caches: readonly CacheEntry[], filters: Filters): readonly CacheEntry[] {
  const { source, provider, project, model } = filters;
  const includes = (text: string | undefined, part: string) =>
    text?.toLowerCase().includes(part.toLowerCase()) === true;
  return caches.filter(({ source: of, cwd, cache }) =>
    (source === undefined || source.split(",").includes(of)) &&
    (provider === undefined || cache.provider === provider.toLowerCase()) &&
    (project === undefined || includes(cwd, project)) &&
    (model === undefined || includes(cache.model, model))
  );
}
