/**
 * Whether a file system keeps the time at which names in a directory changed: tried out in one of ours. Loads `node:fs`,
 * which takes as long as a warm scan: it is asked once, and what it says is kept.
 */
import { statfsSync } from "node:fs";
import { join } from "./paths.ts";

/**
 * Disks of this machine, as statfs(2) calls them. On others, such as NFS, what another machine does shows late; those
 * that are not here may well keep such times, but nobody has looked.
 */
const LOCAL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x2fc12fc1, // ZFS
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
]);

/** What is asked of the system; something else is said in tests. */
export interface TimesOfSystem {
  readonly os: string;
  typeOf(directory: string): number;
  mtimeMsOf(directory: string): number | undefined;
}

const SYSTEM: TimesOfSystem = {
  os: Deno.build.os,
  typeOf: (directory) => statfsSync(directory).type,
  mtimeMsOf: (directory) => Deno.statSync(directory).mtime?.getTime(),
};

/** Long ago, in whole seconds. */
const BEFORE_S = 1_000_000_000;

/** @param directory One of ours, in which another can be made */
export function keepsDirectoryTimes(directory: string, system = SYSTEM): boolean {
  try {
    if (system.os !== "linux" || !LOCAL_FILE_SYSTEMS.has(system.typeOf(directory))) return false;
    const place = Deno.makeTempDirSync({ dir: directory, prefix: ".times-" });
    try {
      const [one, other] = [join(place, "one"), join(place, "other")];
      const steps = [
        () => Deno.writeTextFileSync(one, ""),
        () => Deno.renameSync(one, other),
        () => Deno.symlinkSync(other, one),
        () => Deno.removeSync(other),
        () => Deno.mkdirSync(other),
      ];
      return steps.every((step) => {
        Deno.utimeSync(place, BEFORE_S, BEFORE_S);
        if (system.mtimeMsOf(place) !== 1000 * BEFORE_S) return false;
        const before = Date.now();
        step();
        const after = system.mtimeMsOf(place);
        return after !== undefined && Math.abs(after - before) < 1_000;
      });
    } finally {
      Deno.removeSync(place, { recursive: true });
    }
  } catch (error) {
    // Where that cannot be tried out it is not known.
    if (error instanceof Error) return false;
    throw error;
  }
}
