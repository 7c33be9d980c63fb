/** The head of all pages: name, links, filters, state of the connection, theme. A filter that is on is always seen. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import {
  type FilterName,
  FILTERS,
  filtersOf,
  go,
  LINKS,
  linkTo,
  type PageName,
  PERIODS,
  type Route,
} from "./address.ts";
import { useClient } from "./client.ts";
import { useKeys } from "./keys.ts";
import { ListOfKeys } from "./list_of_keys.tsx";
import type { LiveState } from "./live.ts";
import { useLook } from "./look.ts";
import { periodText } from "./period_text.ts";
import { formatProgress } from "./progress_text.ts";
import { formatTime } from "../operations/report/format.ts";
import { countOf } from "../operations/report/notes.ts";
import { theme, THEMES } from "./theme.ts";
import { now } from "./clock.ts";
import { useValue } from "./use_value.ts";

export function Header({ route }: { readonly route: Route }): VNode {
  const [isListOpen, setListOpen] = useState(false);
  const [isFilterOpen, setFilterOpen] = useState(false);
  useKeys({
    ...Object.fromEntries(LINKS.map(([page, , letter]) => [`g ${letter}`, () => go({ page })])),
    "/": () => focusSearch(),
    "f": () => setFilterOpen(!isFilterOpen),
    "?": () => setListOpen(true),
    "Escape": () => isListOpen ? setListOpen(false) : isFilterOpen ? setFilterOpen(false) : history.back(),
  });
  return (
    <header class="header">
      <a class="skip" href="#content" onClick={skip}>Skip to content</a>
      <div class="header-line">
        <a class="name" href={linkTo({ page: "now" })}>opper-agent</a>
        <nav aria-label="Pages">
          {LINKS.map(([page, title]) => (
            <a key={page} href={linkTo({ page })} aria-current={isIn(route.page, page) ? "page" : undefined}>{title}</a>
          ))}
        </nav>
        <div class="tools">
          <Connection />
          <select
            aria-label="Colours"
            value={useValue(theme)}
            onChange={(event) => theme.value = event.currentTarget.value}
          >
            {THEMES.map((each) => <option key={each} value={each}>{each}</option>)}
          </select>
          <button type="button" class="button" aria-label="List of keys" onClick={() => setListOpen(true)}>?</button>
        </div>
      </div>
      <Filters route={route} isOpen={isFilterOpen} onToggle={() => setFilterOpen(!isFilterOpen)} />
      {isListOpen && <ListOfKeys onClose={() => setListOpen(false)} />}
    </header>
  );
}

function isIn(page: PageName, link: PageName): boolean {
  return page === link || (page === "session" && link === "sessions");
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

/** The page's search field, marked with `data-search`; where there is none, that of the sessions. */
function focusSearch(): void {
  const field = document.querySelector<HTMLElement>("[data-search]");
  if (field !== null) field.focus();
  else go({ page: "sessions" });
}

const FILTER_TITLES: Readonly<Record<FilterName, string>> = {
  since: "Period",
  until: "Until",
  source: "Source",
  provider: "Provider",
  project: "Project",
  model: "Model",
};

function Filters({ route, isOpen, onToggle }: {
  readonly route: Route;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}): VNode {
  const set = filtersOf(route);
  const { hideProjects = [] } = useValue(useClient().live);
  return (
    <div class="filters">
      <button type="button" class="button" aria-expanded={isOpen} aria-controls="filter-form" onClick={onToggle}>
        Filter
      </button>
      {FILTERS.filter((name) => set[name] !== undefined).map((name) => (
        <span key={name} class={isIdle(name, route) ? "chip dim" : "chip"}>
          {isIdle(name, route) ? "Not on this page: " : ""}
          {FILTER_TITLES[name]}: {name === "since" ? periodText(set[name]!) : set[name]}
          <button
            type="button"
            class="chip-remove"
            aria-label={`Remove the filter ${FILTER_TITLES[name]}`}
            onClick={() =>
              go({ query: { [name]: "" } })}
          >
            ×
          </button>
        </span>
      ))}
      {hideProjects.length > 0 && (
        <span class="dim" title={hideProjects.join("\n")}>
          {countOf(hideProjects.length, "pattern")} of hidden projects in config.json
        </span>
      )}
      {isOpen && <FilterForm route={route} />}
    </div>
  );
}

/** Now is now: a period changes nothing there, and is kept for the other pages. */
function isIdle(name: FilterName, { page }: Route): boolean {
  return page === "now" && (name === "since" || name === "until");
}

function FilterForm({ route }: { readonly route: Route }): VNode {
  const set = filtersOf(route);
  const put = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    go({ query: Object.fromEntries(FILTERS.map((name) => [name, String(data.get(name) ?? "").trim()])) });
  };
  return (
    <form id="filter-form" class="filter-form" onSubmit={put} key={JSON.stringify(set)}>
      {FILTERS.map((name) => (
        <label key={name}>
          {FILTER_TITLES[name]}
          <input
            name={name}
            defaultValue={set[name] ?? ""}
            list={name === "since" ? "periods" : undefined}
            autoComplete="off"
            spellcheck={false}
          />
        </label>
      ))}
      <datalist id="periods">
        {PERIODS.map(([since, title]) => <option key={since} value={since}>{title}</option>)}
      </datalist>
      <button type="submit" class="button">Apply</button>
    </form>
  );
}

function Connection(): VNode {
  const value = useValue(useClient().live);
  const { timezone } = useLook();
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <span class={`connection connection-${value.connection}`} role="status">
      {connectionText(value, timezone)}
      {timezone !== own && <span class="dim">times in {timezone}</span>}
    </span>
  );
}

/** `live`, `reading 312 of 1,096 MB`, `ended 14:02`. */
function connectionText({ connection, progress, at }: LiveState, timezone: string): string {
  switch (connection) {
    case "reading":
      return progress === undefined ? "reading" : `reading ${formatProgress(progress)}`;
    case "ended":
      return `ended ${formatTime(at, timezone, now.peek())}`;
    case "refused":
      return "not connected";
    case "exported":
      return `as of ${formatTime(at, timezone, Date.now())}`;
    default:
      return connection;
  }
}
