/** What the list of sessions is searched and filtered by, and which of its columns show. */
import type { VNode } from "preact";
import { go, type Route } from "../address.ts";
import { type ColumnKey, LIST_COLUMNS } from "./sessions_columns.tsx";
import { CACHE_STATES, COLUMN_KEYS, readSessionsFilter, type SessionsFilter, switchColumn } from "./sessions_filter.ts";

/** Fields of the address that are this page's own filters. */
const FIELDS = ["q", "cache", "above", "misses", "subagents"] as const;

export function SessionsControls({ route, columns, hidden, onColumns }: {
  readonly route: Route;
  readonly columns: readonly ColumnKey[];
  /** Chosen, and without room. */
  readonly hidden: number;
  readonly onColumns: (columns: readonly ColumnKey[]) => void;
}): VNode {
  const filter = readSessionsFilter(route.query);
  const isSet = FIELDS.some((field) => (route.query[field] ?? "") !== "");
  return (
    <div class="session-controls no-print">
      <input
        type="search"
        data-search
        class="session-search"
        aria-label="Search sessions"
        placeholder="Search title, project, id, model, trace"
        value={filter.search}
        spellcheck={false}
        autoComplete="off"
        onInput={(event) => go({ query: { q: event.currentTarget.value } }, "replace")}
      />
      <div class="buttons" role="group" aria-label="State of the cache">
        {CACHE_STATES.map((state) => (
          <Toggle
            key={state}
            isOn={filter.cache.includes(state)}
            onClick={() => putState(filter, state)}
          >
            {state}
          </Toggle>
        ))}
      </div>
      <div class="buttons" role="group" aria-label="Only sessions with">
        <Toggle isOn={filter.onlyMisses} onClick={() => put("misses", !filter.onlyMisses)}>misses</Toggle>
        <Toggle isOn={filter.onlySubagents} onClick={() => put("subagents", !filter.onlySubagents)}>sub-agents</Toggle>
      </div>
      <label class="session-above">
        Cost from $
        <input
          type="number"
          min="0"
          step="any"
          inputMode="decimal"
          value={filter.costAbove ?? ""}
          onChange={(event) => go({ query: { above: event.currentTarget.value } })}
        />
      </label>
      {isSet && (
        <button
          type="button"
          class="button"
          onClick={() => go({ query: Object.fromEntries(FIELDS.map((field) => [field, ""])) })}
        >
          Clear
        </button>
      )}
      <details class="session-columns">
        <summary>Columns{hidden > 0 && <span class="dim">{` (${hidden} without room)`}</span>}</summary>
        <div class="session-column-list">
          {COLUMN_KEYS.map((key) => (
            <label key={key}>
              <input
                type="checkbox"
                checked={columns.includes(key)}
                onChange={() => onColumns(switchColumn(columns, key))}
              />
              {LIST_COLUMNS[key].title}
            </label>
          ))}
        </div>
      </details>
    </div>
  );
}

function Toggle({ isOn, onClick, children }: {
  readonly isOn: boolean;
  readonly onClick: () => void;
  readonly children: string;
}): VNode {
  return <button type="button" class="button" aria-pressed={isOn} onClick={onClick}>{children}</button>;
}

function put(field: "misses" | "subagents", isOn: boolean): void {
  go({ query: { [field]: isOn ? "yes" : "" } });
}

function putState({ cache }: SessionsFilter, state: (typeof CACHE_STATES)[number]): void {
  const next = CACHE_STATES.filter((each) => cache.includes(each) !== (each === state));
  go({ query: { cache: next.join(",") } });
}
