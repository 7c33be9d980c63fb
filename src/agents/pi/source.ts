/** Reads the session logs of Pi. They are made of the entries that formats/pi_entries/ reads, and of nothing else. */
import { piEntries } from "../formats/pi_entries/fold.ts";

export const piSource = piEntries;
