/** What was found, as text: how to see it again, and how often it showed. Pure. */
import type { Finding } from "./campaign.ts";
import type { TortureResult } from "./run_campaigns.ts";

/** Errors may be long, and the whole of it is in the directory. */
const MOST_CHARACTERS = 500;

export function describeFinding({ campaign, seed, kind, what, directory }: Finding): string {
  const cut = what.length > MOST_CHARACTERS ? `${what.slice(0, MOST_CHARACTERS)}…` : what;
  return [
    `FOUND ${campaign}: ${kind}`,
    `  ${cut.replaceAll("\n", "\n  ")}`,
    `  again: deno task torture --seed ${seed} --only ${campaign} --rounds 1`,
    `  kept: ${directory}`,
  ].join("\n");
}

/** Rounds of each campaign, and how many of them found what. */
export function describeResult({ findings, rounds }: TortureResult): string {
  const lines = [...rounds].map(([name, count]) => {
    const ofCampaign = findings.filter(({ campaign }) => campaign === name);
    const kinds = [...Map.groupBy(ofCampaign, ({ kind }) => kind)].map(([kind, alike]) => {
      const seeds = [...new Set(alike.map(({ seed }) => seed))];
      return `    ${seeds.length} x ${kind} (${seeds.slice(0, 5).join(", ")}${seeds.length > 5 ? ", …" : ""})`;
    });
    return [`${name}: ${count} rounds, ${kinds.length === 0 ? "nothing found" : "found"}`, ...kinds].join("\n");
  });
  return lines.join("\n");
}
