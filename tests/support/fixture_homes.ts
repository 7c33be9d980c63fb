/** A home with the sessions of every agent that tests have logs of. */
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

/** Just after the last of its sessions, when some caches are still warm. */
export const ALL_AGENTS_NOW = "2026-11-26T04:27:00Z";

/** A copy: databases are opened where they lie. */
export function makeAllAgentsHome(home: string): void {
  const sources = join(FIXTURES, "sources");
  const homes = [join(FIXTURES, "home"), ...readdirSync(sources).map((name) => join(sources, name, "home"))];
  for (const from of homes) cpSync(from, home, { recursive: true });
}
