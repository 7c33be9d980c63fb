/** Every operation with how it is loaded, in the order of summaries.ts. Loads none itself. */
import type { Operation } from "./contract/operation.ts";
import { OPERATION_SUMMARIES, type OperationSummary } from "./summaries.ts";

/** An operation as the registry lists it, and how its definition is loaded. */
export interface OperationEntry extends OperationSummary {
  load(): Promise<Operation>;
}

const LOADERS: Record<(typeof OPERATION_SUMMARIES)[number]["name"], OperationEntry["load"]> = {
  overview: async () => (await import("./usage/overview.ts")).overview,
  sessions: async () => (await import("./usage/sessions.ts")).sessions,
  session: async () => (await import("./usage/session.ts")).session,
  cost: async () => (await import("./usage/cost.ts")).cost,
  misses: async () => (await import("./usage/misses.ts")).misses,
  cache: async () => (await import("./usage/cache.ts")).cache,
  advise: async () => (await import("./advice/advise.ts")).advise,
  doctor: async () => (await import("./usage/doctor.ts")).doctor,
  enrich: async () => (await import("./gateways/enrich.ts")).enrich,
  reconcile: async () => (await import("./bills/reconcile.ts")).reconcile,
  traces: async () => (await import("./launches/traces.ts")).traces,
  recover: async () => (await import("./launches/recover.ts")).recover,
  login: async () => (await import("./account/login.ts")).login,
  logout: async () => (await import("./account/logout.ts")).logout,
  whoami: async () => (await import("./account/whoami.ts")).whoami,
  configure: async () => (await import("./account/configure.ts")).configure,
  unconfigure: async () => (await import("./account/unconfigure.ts")).unconfigure,
  config: async () => (await import("./settings/config.ts")).config,
};

export const OPERATIONS: readonly OperationEntry[] = OPERATION_SUMMARIES.map((entry) => ({
  ...entry,
  load: LOADERS[entry.name],
}));
