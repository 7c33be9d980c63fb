/**
 * Fills packaging/homebrew/opper-agent.rb from the checksums of a release: `formula.ts OWNER/NAME`, run behind
 * compile.ts. Publishes nothing.
 */
import { VERSION } from "../src/core/version.ts";

/**
 * @param template with `{{version}}`, `{{repository}}` and `{{sha256 FILE}}`
 * @param checksums in the format of sha256sum
 * @throws {Error} when something that the template names is not known
 */
export function fillFormula(
  template: string,
  { repository, version, checksums }: {
    readonly repository: string;
    readonly version: string;
    readonly checksums: string;
  },
): string {
  const digests = checksums.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm).map(([, digest, file]) =>
    [`sha256 ${file}`, digest!] as const
  );
  const values = new Map([["repository", repository], ["version", version], ...digests]);
  return template.replace(/\{\{(.*?)\}\}/g, (_, name) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`The release has no "${name}".`);
    return value;
  });
}

if (import.meta.main) {
  const [repository] = Deno.args;
  if (repository === undefined || !/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new Error("Expected the repository, OWNER/NAME.");
  }
  const read = (path: string) => Deno.readTextFile(new URL(path, import.meta.url));
  const [template, checksums] = await Promise.all([
    read("../packaging/homebrew/opper-agent.rb"),
    read("../dist/SHA256SUMS"),
  ]);
  const path = new URL("../dist/opper-agent.rb", import.meta.url);
  await Deno.writeTextFile(path, fillFormula(template, { repository, version: VERSION, checksums }));
}
