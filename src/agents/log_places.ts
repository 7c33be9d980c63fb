/** The registry of where logs are. A new source is a file in sources/ and a line here and in agents/agents.ts. */
import type { LogPlaces } from "./source.ts";
import { claudePlaces } from "./claude/places.ts";
import { codexPlaces } from "./codex/places.ts";
import { piPlaces } from "./pi/places.ts";

export const LOG_PLACES: readonly LogPlaces[] = [piPlaces, claudePlaces, codexPlaces];
