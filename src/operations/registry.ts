/** Every operation with how it is loaded, in the order of summaries.ts. Loads none itself. */
import type { Operation } from "./operation.ts";
import { OPERATION_SUMMARIES, type OperationSummary } from "./summaries.ts";

export interface OperationEntry extends OperationSummary {
  load(): Promise<Operation>;
}

const LOADERS: Record<(typeof OPERATION_SUMMARIES)[number]["name"], OperationEntry["load"]> = {
  overview: async () => (await import("./overview.ts")).overview,
  sessions: async () => (await import("./sessions.ts")).sessions,
  session: async () => (await import("./session.ts")).session,
  cost: async () => (await import("./cost.ts")).cost,
  cache: async () => (await import("./cache.ts")).cache,
  doctor: async () => (await import("./doctor.ts")).doctor,
  traces: async () => (await import("./traces.ts")).traces,
  recover: async () => (await import("./recover.ts")).recover,
  login: async () => (await import("./login.ts")).login,
  logout: async () => (await import("./logout.ts")).logout,
  whoami: async () => (await import("./whoami.ts")).whoami,
  configure: async () => (await import("./configure.ts")).configure,
  unconfigure: async () => (await import("./unconfigure.ts")).unconfigure,
  config: async () => (await import("./config.ts")).config,
};

export const OPERATIONS: readonly OperationEntry[] = OPERATION_SUMMARIES.map((entry) => ({
  ...entry,
  load: LOADERS[entry.name],
}));
