/** The registry of where logs are. A new source is a file in sources/ and a line here and in sources.ts. */
import type { LogPlaces } from "./source.ts";
import { claudePlaces } from "./sources/claude_places.ts";
import { codexPlaces } from "./sources/codex_places.ts";
import { piPlaces } from "./sources/pi_places.ts";

export const LOG_PLACES: readonly LogPlaces[] = [piPlaces, claudePlaces, codexPlaces];
