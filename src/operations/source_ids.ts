/** Ids of the tools whose logs are read, for inputs that name some: `pi`, `claude`, `codex`. */
import { SOURCES } from "../scan/sources.ts";

export const SOURCE_IDS: readonly string[] = SOURCES.map(({ id }) => id);
