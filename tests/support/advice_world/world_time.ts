/** When things happen in the made-up world, and what its sessions are called. */

/** When the first session of each project begins. */
export const WORLD_BEGIN = Date.parse("2026-11-02T06:00:00Z");

/** When the world is looked at: nearly everything that could be pinged was. */
export const WORLD_NOW = Date.parse("2026-11-26T12:00:00Z");

/** The id of a session, in the form that both clients have. Tells projects apart by the first ten letters of their names. */
export function idOf(project: string, session: number): string {
  const letters = [...project].map((letter) => letter.charCodeAt(0).toString(16)).join("").padEnd(24, "0");
  const number = session.toString(16).padStart(4, "0");
  return `${letters.slice(0, 8)}-${number}-4000-8000-${letters.slice(8, 20)}`;
}
