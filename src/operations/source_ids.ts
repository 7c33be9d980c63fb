/** Ids of the tools whose logs are read, for inputs that name some: `pi`, `claude`, `codex`. */
import { LOG_PLACES } from "../agents/log_places.ts";

export const SOURCE_IDS: readonly string[] = LOG_PLACES.map(({ id }) => id);
