/** Addresses of sessions: `opper-agent://session/{id}`, in which the id is encoded and never becomes part of a path. */

export const SESSION_PREFIX = "opper-agent://session/";

export function sessionUri(id: string): string {
  return SESSION_PREFIX + encodeURIComponent(id.toWellFormed());
}

/** Undefined for what is no such address, and for what cannot be an id: in particular no path gets through. */
export function sessionIdOf(uri: string): string | undefined {
  if (!uri.startsWith(SESSION_PREFIX)) return undefined;
  try {
    const id = decodeURIComponent(uri.slice(SESSION_PREFIX.length));
    return id === "" || /[/\\~]|^\.+$/.test(id) ? undefined : id;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
