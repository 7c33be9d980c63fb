/**
 * Variables by which agents name the session that runs to the processes they start. Apart from the registry, and without
 * anything that has to be loaded with them: a prompt waits for whoever asks.
 */
import { SESSION_VARIABLES as PI_SESSION } from "./pi/session_variables.ts";

/** By what their names begin with, in front of `_ID` (the session's) and `_FILE` (its log). */
export const AGENTS_SESSION_VARIABLES: readonly string[] = [PI_SESSION];
