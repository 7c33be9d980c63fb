/** Where the rows of a person, a machine and a month are: `month=2026-11/anna-laptop.parquet`, as engines take it apart. */
import { createHash } from "node:crypto";
import type { EpochMs } from "../core/model.ts";

/** Whose rows a file has. */
export interface RowOwner {
  readonly person: string;
  readonly host: string;
}

/** `2026-11`, in UTC. */
export function monthOf(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** With `/` between its parts. */
export function turnFileName(month: string, owner: RowOwner): string {
  return `month=${month}/${ownerName(owner)}.parquet`;
}

/** Two owners never have the same: where a name alone would not tell them apart, a hash of both is added. */
function ownerName({ person, host }: RowOwner): string {
  const name = `${plain(person, "nobody")}-${plain(host, "anywhere")}`;
  const isPlain = name === `${person}-${host}` && !person.includes("-");
  if (isPlain) return name;
  return `${name}-${createHash("sha256").update(`${person}\0${host}`).digest("hex").slice(0, 8)}`;
}

/** What every file system and every bucket takes. */
function plain(text: string, instead: string): string {
  const kept = text.replace(/[^A-Za-z0-9@._-]+/g, "_").replace(/^[._]+/, "").slice(0, 80);
  return kept === "" ? instead : kept;
}
