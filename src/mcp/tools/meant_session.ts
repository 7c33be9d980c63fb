/**
 * Sessions and runs as models name them: as Markdown code, between quotes, by a resource's address, cut with `…`. Which
 * session that is, is asked of the logs (operations/report/find_session.ts); nothing here is guessed from them.
 */
import { withoutWrapping } from "../../core/said_place.ts";
import { sessionIdOf } from "../resources/session_uri.ts";

/** Of characters: nobody names anything in more. */
const MOST_MEANT = 5000;

/** An id without what stands around it. What is no text stays as it is. */
export function meantId(value: unknown): unknown {
  return isShortText(value) ? withoutWrapping(value) : value;
}

/** What an id, the start of one, an address, a log, `latest` or `current` is to an operation. */
export function meantSession(value: unknown): unknown {
  if (!isShortText(value)) return value;
  const text = withoutWrapping(value);
  const id = sessionIdOf(text);
  if (id !== undefined) return id;
  if (/^(?:latest|current)$/i.test(text)) return text.toLowerCase();
  if (/^file:\/\/\//i.test(text)) return pathOf(text);
  // An id that was cut is the start of one.
  return text.replace(/(?<=[^./\\…])(?:…|\.{3})$/, "");
}

/** `file:///srv/a%20b` is `/srv/a b`, and `file:///C:/x` is `C:/x`. */
function pathOf(uri: string): string {
  try {
    return decodeURIComponent(uri.replace(/^file:\/\/(?:\/(?=[A-Za-z]:))?/i, ""));
  } catch (error) {
    if (error instanceof URIError) return uri;
    throw error;
  }
}

/** Whether it can be a name, or a time, at all. */
export function isShortText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MOST_MEANT;
}
