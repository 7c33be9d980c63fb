/**
 * Pages of an ordered list. A cursor names the place of the last item shown, so that items that come and go between two
 * calls move nothing. Pure; knows no list.
 */
import { AgentError } from "../../core/errors.ts";
import { sealRow } from "../../scan/index/tables/seal_row.ts";

/** Where an item stands: compared part by part, ascending. Two items never have the same place. Numbers are finite. */
export type Place = readonly (string | number)[];

/** A part of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** Which part of a list is wanted. */
export interface PageRequest<T> {
  /** Names the list and its order: a cursor of another one is refused. */
  readonly list: string;
  /** Always as many parts, of the same types. */
  placeOf(item: T): Place;
  /** Whether the list goes from the greatest place to the least. @default false */
  readonly descending?: boolean;
  /** 0: all */
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** @returns a negative number when `a` comes first, 0 only for the same place */
export function comparePlaces(a: Place, b: Place): number {
  for (let at = 0; at < a.length; at++) {
    if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1;
  }
  return 0;
}

/**
 * @param sorted in the order of their places
 * @throws {AgentError} usage, when the cursor is none of this list's
 */
export function takeItems<T>(sorted: readonly T[], request: PageRequest<T>): Page<T> {
  const { list, placeOf, descending = false, limit, cursor } = request;
  const shape = sorted[0] === undefined ? undefined : placeOf(sorted[0]);
  const named = cursor === undefined ? undefined : readCursor(cursor, list, shape);
  const after = named?.some(isCut) ? placeThatIsCut(named, sorted, placeOf) : named;
  const isLater = (item: T, place: Place) =>
    descending ? comparePlaces(place, placeOf(item)) > 0 : comparePlaces(placeOf(item), place) > 0;
  const rest = after === undefined ? sorted : sorted.filter((item) => isLater(item, after));
  if (limit === 0 || rest.length <= limit) return { items: rest };
  const items = rest.slice(0, limit);
  return { items, nextCursor: btoa(encodeURIComponent(JSON.stringify([list, ...cutPlace(placeOf(items.at(-1)!))]))) };
}

/** A log can name its session anything. What is longer than this would make a cursor that is larger than all else. */
const MAXIMUM_CHARACTERS = 200;
const CUT = "…#";

/** With a hash in place of what is left out, so that two that begin alike stay two. */
function cutPlace(place: Place): Place {
  return place.map((part) =>
    typeof part === "string" && part.length > MAXIMUM_CHARACTERS
      ? part.slice(0, MAXIMUM_CHARACTERS).toWellFormed() + CUT + sealRow([part])
      : part
  );
}

function isCut(part: string | number): boolean {
  return typeof part === "string" && part.length > MAXIMUM_CHARACTERS;
}

/** The place of the item that was meant, or where it stood when it has gone meanwhile. */
function placeThatIsCut<T>(cut: Place, items: readonly T[], placeOf: (item: T) => Place): Place {
  const item = items.find((item) => comparePlaces(cutPlace(placeOf(item)), cut) === 0);
  return item === undefined ? cut : placeOf(item);
}

function readCursor(cursor: string, list: string, shape: Place | undefined): Place {
  try {
    const parts: unknown = JSON.parse(decodeURIComponent(atob(cursor)));
    const [cursorList, ...place] = Array.isArray(parts) ? parts as unknown[] : [];
    if (cursorList === list && isPlace(place) && (shape === undefined || isAlike(place, shape))) return place;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof URIError || error instanceof DOMException)) throw error;
  }
  throw new AgentError("usage", `The cursor "${cursor.slice(0, 100)}" is not one of this list's.`, {
    hint: "Pass nextCursor of the page before, with everything else as it was.",
  });
}

function isPlace(parts: readonly unknown[]): parts is Place {
  return parts.every((part) => typeof part === "string" || typeof part === "number");
}

function isAlike(place: Place, shape: Place): boolean {
  return place.length === shape.length && place.every((part, index) => typeof part === typeof shape[index]);
}
