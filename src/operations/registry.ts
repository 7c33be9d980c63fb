/**
 * Every operation, in the order that help shows them. Names and summaries stand here as well as in the definitions, so
 * that help needs to load none of them; tests/operations_test.ts holds the two together.
 */
import type { Operation } from "./operation.ts";

export interface OperationEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Operation>;
}

export const OPERATIONS: readonly OperationEntry[] = [
  {
    name: "sessions",
    summary: "List sessions with cost, cache hits and cache state",
    load: async () => (await import("./sessions.ts")).sessions,
  },
  {
    name: "session",
    summary: "Show one session: models, cost, cache, forks, misses",
    load: async () => (await import("./session.ts")).session,
  },
  {
    name: "cost",
    summary: "Add up cost and tokens by day, model, project and more",
    load: async () => (await import("./cost.ts")).cost,
  },
  {
    name: "cache",
    summary: "Show what is warm now, what it is worth, and how long caches live",
    load: async () => (await import("./cache.ts")).cache,
  },
  {
    name: "doctor",
    summary: "Show where was looked, what could not be read, and the index's health",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "traces",
    summary: "List the traces that launches opened at Opper",
    load: async () => (await import("./traces.ts")).traces,
  },
  {
    name: "recover",
    summary: "Take away what a killed launch left behind",
    load: async () => (await import("./recover.ts")).recover,
  },
  {
    name: "login",
    summary: "Store an Opper API key",
    load: async () => (await import("./login.ts")).login,
  },
  {
    name: "logout",
    summary: "Forget a stored API key",
    load: async () => (await import("./logout.ts")).logout,
  },
  {
    name: "whoami",
    summary: "Show which API key is used, and whether it is accepted",
    load: async () => (await import("./whoami.ts")).whoami,
  },
  {
    name: "configure",
    summary: "Add Opper to an agent's own providers, for use without launch",
    load: async () => (await import("./configure.ts")).configure,
  },
  {
    name: "unconfigure",
    summary: "Take away what configure added",
    load: async () => (await import("./unconfigure.ts")).unconfigure,
  },
];
