/**
 * Where the page is: the fragment of its address, read as a page, a path and a query. The server never sees it. Filters
 * are part of the query, so that every view can be linked, reloaded and gone back to.
 */
import { signal } from "@preact/signals-core";
import type { Watched } from "./use_value.ts";

const PAGES = ["now", "cost", "sessions", "session", "caches", "misses", "advise", "traces"] as const;
export type PageName = (typeof PAGES)[number];

/** `#/session/claude/0198-…?turn=152` is page `session`, path `["claude", "0198-…"]`, query `{turn: "152"}`. */
export interface Route {
  readonly page: PageName;
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  /** What stands in the address where no page has that name. */
  readonly unknown?: string;
}

/** What holds on all pages: it stays when the page changes, and the header shows what is set. */
export const FILTERS = ["since", "until", "source", "provider", "project", "model"] as const;
export type FilterName = (typeof FILTERS)[number];

const FIRST: Route = { page: "now", path: [], query: {} };

/** Reads a fragment, with or without `#`. What cannot be decoded is taken as it stands. */
export function readAddress(fragment: string): Route {
  const text = fragment.replace(/^#/, "");
  if (text === "" || text === "/") return FIRST;
  const [place = "", query = ""] = splitOnce(text, "?");
  const [name = "", ...path] = place.replace(/^\//, "").split("/").filter((part) => part !== "").map(decode);
  const fields = Object.fromEntries(new URLSearchParams(query));
  const page = PAGES.find((each) => each === name);
  return page === undefined ? { ...FIRST, query: fields, unknown: text } : { page, path, query: fields };
}

/** The fragment of a route, with `#`. Fields that are empty are left out. */
export function writeAddress({ page, path, query }: Route): string {
  const place = [page, ...path.map(encodeURIComponent)].join("/");
  const fields = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  const text = fields.toString();
  return `#/${place}${text === "" ? "" : `?${text}`}`;
}

/**
 * Where a change leads. Fields of `query` are put over those that are there; an empty one takes a field away. Another
 * page keeps nothing but the filters, and has no path unless one is given.
 */
export function changeRoute(from: Route, change: Partial<Route>): Route {
  const { page = from.page } = change;
  const isOther = page !== from.page || change.path !== undefined;
  const kept = isOther ? filtersOf(from) : from.query;
  const query = Object.fromEntries(
    Object.entries({ ...kept, ...change.query }).filter((entry): entry is [string, string] => !!entry[1]),
  );
  return { page, path: change.path ?? (isOther ? [] : from.path), query };
}

const current = signal<Route>(FIRST);

/** The route that the page shows. Changes with {@linkcode go}, and with the browser's back and forward. */
export const route: Watched<Route> = current;

/** Begins to follow the address. Called once, by main.tsx. */
export function followAddress(): void {
  current.value = readAddress(location.hash);
  addEventListener("hashchange", () => current.value = readAddress(location.hash));
}

/**
 * Goes there, as {@linkcode changeRoute} says: `go({ query: { by: "week" } })`, `go({ page: "sessions" })`.
 *
 * @param how `replace` leaves no step to go back to: for what changes while typing. @default "push"
 */
export function go(change: Partial<Route>, how: "push" | "replace" = "push"): void {
  const next = changeRoute(current.value, change);
  const address = writeAddress(next);
  if (how === "push") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  current.value = next;
}

/** The same as the `href` of a link: `<a href={linkTo({ page: "session", path: [source, id] })}>`. */
export function linkTo(change: Partial<Route>): string {
  return writeAddress(changeRoute(current.value, change));
}

/** Filters that are set, as fields of a question: `client.ask("cost", { by: "day", ...filtersOf(route) })`. */
export function filtersOf({ query }: Route): Readonly<Partial<Record<FilterName, string>>> {
  return Object.fromEntries(FILTERS.flatMap((name) => query[name] === undefined ? [] : [[name, query[name]]]));
}

/** Pages that all others lead to, with the letter behind `g`. One session has no link of its own. */
export const LINKS: readonly (readonly [page: PageName, title: string, letter: string])[] = [
  ["now", "Now", "n"],
  ["cost", "Cost", "c"],
  ["sessions", "Sessions", "s"],
  ["caches", "Caches", "h"],
  ["misses", "Misses", "m"],
  ["advise", "Advice", "a"],
  ["traces", "Traces", "t"],
];

/** Whether one is set. */
export function isFiltered(filters: Readonly<Partial<Record<FilterName, string>>>): boolean {
  return Object.keys(filters).length > 0;
}

/** Spans that `[` and `]` go through, and what the header calls them. */
export const PERIODS = [
  ["today", "Today"],
  ["7d", "7 days"],
  ["30d", "30 days"],
  ["90d", "90 days"],
  ["month", "This month"],
  ["lastmonth", "Last month"],
  ["year", "This year"],
] as const satisfies readonly (readonly [since: string, title: string])[];

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
