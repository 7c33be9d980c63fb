/** What may happen to a document between two scans, such that it is one afterwards: agents write it anew as a whole. */
import { dirname, join } from "node:path";
import { changeCount, type LogChange, overwrite } from "./log_changes.ts";
import { documentVersions } from "./sources/document_versions.ts";

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, bytes);
}

/** Lines that are beside a document are as they are. */
function versionsOf(bytes: Uint8Array): readonly Uint8Array[] {
  try {
    return documentVersions(bytes, 6);
  } catch {
    return [bytes];
  }
}

export const DOCUMENT_CHANGES: Readonly<Record<string, LogChange>> = {
  appear: async ({ bytes }, path) => await write(path, bytes),
  vanish: async (_log, path) => await Deno.remove(path).catch(() => {}),
  "be as it was at some time": async ({ bytes }, path, random) => {
    const versions = versionsOf(bytes);
    await write(path, versions[Math.floor(random() * versions.length)]!);
  },
  "be put in its place as a new file": async ({ bytes }, path, random) => {
    const versions = versionsOf(bytes);
    await write(`${path}.tmp`, versions[Math.floor(random() * versions.length)]!);
    await Deno.rename(`${path}.tmp`, path);
  },
  "have a count changed": async (_log, path, random) => {
    await overwrite(path, (text) => changeCount(text, random)).catch(() => {});
  },
  "be replaced with the old time": async (_log, path, random) => {
    const stats = await Deno.stat(path).catch(() => undefined);
    if (stats === undefined) return;
    await overwrite(path, (text) => changeCount(text, random));
    await Deno.utime(path, stats.atime!, stats.mtime!);
  },
  "be copied over another": async ({ relativePath }, path, random, others) => {
    const bytes = await Deno.readFile(path).catch(() => undefined);
    const kindOf = (path: string) => [path.split("/").slice(0, 2).join("/"), /\.[^/]*$/.exec(path)?.[0]].join(" ");
    const alike = others.filter((other) => kindOf(other.relativePath) === kindOf(relativePath));
    const to = alike[Math.floor(random() * alike.length)]!;
    if (bytes !== undefined) await write(join(path.slice(0, -relativePath.length), to.relativePath), bytes);
  },
};
