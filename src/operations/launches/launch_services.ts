/**
 * Puts together what a launch needs of the rest of the program: stored keys, the gateway's catalogue and figures, the
 * logs, and how values are shown. Does nothing by itself.
 */
import { dirname, join } from "node:path";
import type { Machine } from "../../core/machine.ts";
import type { EpochMs } from "../../core/model.ts";
import type { LaunchServices } from "../../launch/services.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import { loadCatalogue } from "../../gateways/opper/catalogue.ts";
import { createOpperClient } from "../../gateways/opper/client.ts";
import { resolveCredentials } from "../../gateways/opper/credentials.ts";
import { maskKey } from "../../gateways/opper/api_key.ts";
import { askAgain } from "../report/ask_again.ts";
import { costCell, moneyText } from "../report/cells.ts";
import { formatCount, formatDuration, formatPercent, formatTokens } from "../report/format.ts";
import { type PathNames, readTraced } from "./session_traces.ts";

/** The process that a launch starts from. */
export interface LaunchHost {
  readonly machine: Machine;
  /** Absolute path of our own state directory, `$OPPER_HOME/agent`. */
  readonly stateDirectory: string;
  now(): EpochMs;
  readonly fetch: typeof fetch;
  stdout(text: string): void;
  stderr(text: string): void;
  readonly namesOf: PathNames;
  /** Brings the index up to date and opens it. @param directories with logs of Pi, besides those that are always read */
  openIndex(directories: readonly string[]): Promise<UsageIndex>;
}

/** What the engine that launches asks of the rest of the program. Each thing is looked up when it is asked for. */
export function makeLaunchServices(host: LaunchHost): LaunchServices {
  const { machine, stateDirectory, now, stdout, stderr, namesOf } = host;
  const { env, home, cwd } = machine;
  return {
    machine,
    stateDirectory,
    format: {
      count: formatCount,
      duration: formatDuration,
      tokens: formatTokens,
      percent: formatPercent,
      cost: (cost) => costCell(cost).text,
      usd: (usd) => moneyText(usd),
    },
    fetch: host.fetch,
    now,
    newId: () => crypto.randomUUID(),
    stdout,
    stderr,

    resolveCredentials(keyName) {
      const found = resolveCredentials({ env, opperHome: dirname(stateDirectory), keyName, code: "launch_failed" });
      return { apiKey: found.apiKey, masked: maskKey(found.apiKey), baseUrl: found.baseUrl };
    },

    async loadModels(gateway, apiKey, mayAsk) {
      const client = createOpperClient({
        host: gateway,
        apiKey,
        code: "launch_failed",
        // Nobody is asked, so that nothing is written either: what is known already has to do.
        fetch: mayAsk ? host.fetch : () => Promise.reject(new TypeError("not asked")),
      });
      const cachePath = join(stateDirectory, "catalogue.json");
      const { models, origin, problem } = await loadCatalogue({ client, cachePath, now: now() });
      if (mayAsk && problem !== undefined) stderr(`warning: ${problem}\n`);
      return { models, isComplete: origin === "gateway" || origin === "cache" };
    },

    async readSessions(sessions, since) {
      const read = async (directories: readonly string[]) => {
        let scan = await host.openIndex(directories);
        const ask = () => readTraced(scan, sessions, { since, now: now(), namesOf });
        const distrustIndex = async () => {
          if (!scan.distrust()) return false;
          scan.close();
          scan = await host.openIndex(directories);
          return true;
        };
        try {
          return await ask().catch((error) => askAgain(error, { distrustIndex }, ask));
        } finally {
          scan.close();
        }
      };
      const found = await read([]);
      // Kept where no tool keeps its logs by itself (`--session-dir`). Never the whole of a project or of a home.
      const elsewhere = sessions
        .filter(({ traceId, sessionFile }) => sessionFile !== undefined && !found.has(traceId))
        .map(({ sessionFile }) => dirname(sessionFile!))
        .filter((directory) => ![cwd, home].some((root) => `${root}/`.startsWith(`${directory}/`)));
      return elsewhere.length === 0 ? found : await read([...new Set(elsewhere)]);
    },

    async readUsage(gateway, apiKey, session, timeoutMs) {
      const client = createOpperClient({ host: gateway, apiKey, fetch: host.fetch });
      const { usd, requests } = await client.sessionUsage(session, { timeoutMs });
      return { usd, requests };
    },
  };
}
