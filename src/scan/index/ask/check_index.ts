/** Looks at every row of the index, for `doctor`. */
import { fileSize } from "../../../host/files.ts";
import type { OpenIndex } from "../tables/open_store.ts";
import type { IndexStore } from "../tables/store.ts";

/** What `doctor` says of the index. */
export interface IndexHealth {
  readonly path: string;
  /** False when the answer comes from memory. */
  readonly usable: boolean;
  readonly bytes: number;
  readonly turns: number;
  /** How many rows of it were looked at. */
  readonly rows: number;
  /** `ok`: one that is not is thrown away. */
  readonly check: "ok";
}

/** @throws {IndexDamagedError} when it is damaged: the next scan makes it anew */
export async function checkIndex(
  { index, store, indexPath }: {
    readonly index: OpenIndex;
    readonly store: IndexStore;
    readonly indexPath: string;
  },
): Promise<IndexHealth> {
  const rows = await index.verify();
  const turns = store.get<{ count: number }>("SELECT SUM(next_seq) AS count FROM files")?.count ?? 0;
  const usable = !index.isInMemory;
  return { path: indexPath, usable, bytes: usable ? fileSize(indexPath) ?? 0 : 0, turns, rows, check: "ok" };
}
