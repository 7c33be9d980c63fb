/** What an agent may say of the keys that it has for gateways: the contract of {@linkcode Agent.gatewayKeys}. */
import type { Machine } from "../core/machine.ts";

/** A key that stands in an agent's own files or variables, as a person put it there. */
export interface GatewayKey {
  /** Who takes it. */
  readonly gateway: "openrouter";
  /** Where it is from, for people: `Pi's auth.json`. */
  readonly origin: string;
  /** Never shown, kept, or sent to anybody but the gateway. Absent: it cannot be used, and `problem` says why. */
  readonly key?: string;
  /** A sentence, with nothing of the key in it. */
  readonly problem?: string;
}

/** Reads files of settings; runs nothing, and asks nobody. */
export type GatewayKeyReader = (machine: Machine) => readonly GatewayKey[];
