/**
 * A process that adds Opper to an agent's settings, or removes it, and kills itself right before a given change on disk.
 * Started by tests/configure_crash_test.ts. It makes no claim itself: it reports how many changes it made.
 *
 * Input, as JSON in the first argument: {@linkcode ConfigureOrder}. Output: "steps N".
 */
import { AGENTS } from "../../src/agents/agents.ts";
import { addProvider, type GatewayAccess, removeProvider } from "../../src/launch/configure.ts";

export interface ConfigureOrder {
  readonly agent: string;
  readonly path: string;
  readonly stateDirectory: string;
  readonly edit: "add" | "remove";
  /** Number of the change before which it kills itself, from 1. @default none */
  readonly dieAt?: number;
}

/** What every victim adds. */
const ACCESS: GatewayAccess = {
  host: "https://api.opper.ai",
  apiKey: "",
  keyCommand: { command: "/usr/bin/opper-agent", args: ["key", "--base-url", "https://api.opper.ai"] },
  models: [],
  os: "linux",
};

if (import.meta.main) {
  const { agent, edit, dieAt, ...place }: ConfigureOrder = JSON.parse(Deno.args[0] ?? "{}");
  let steps = 0;
  const onStep = () => {
    steps += 1;
    if (steps === dieAt) Deno.kill(Deno.pid, "SIGKILL");
  };
  const { file } = await AGENTS.find(({ id }) => id === agent)!.providerSetup!();
  const settings = { ...place, file: file!, force: true, holdsKey: false, onStep };
  if (edit === "add") await addProvider(settings, ACCESS);
  else await removeProvider(settings);
  console.log(`steps ${steps}`);
}
