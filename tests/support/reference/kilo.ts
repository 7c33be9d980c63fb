/** Reads sessions of Kilo the slow, obvious way: they are OpenCode's by another name. */
import { readOpencodeReference } from "./opencode.ts";

export function readKiloReference(home: string): ReturnType<typeof readOpencodeReference> {
  return readOpencodeReference(home, "kilo");
}
