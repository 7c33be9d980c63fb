/**
 * Starts the gateway of the tests (fake_gateway.mjs) and reads what it was asked. One process and port a gateway, so
 * that tests that run at once share nothing.
 */

export interface GatewayRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON. */
  readonly body: unknown;
  readonly status: number;
  /** Whoever asked was gone before the answer was whole, or the gateway cut it. */
  readonly aborted: boolean;
}

export interface GatewayOptions {
  /** Node to run it. @default the one in PATH */
  readonly node?: string;
  /** Keys that it answers with 401. */
  readonly refuse?: readonly string[];
  /** Keys that have no credit left: 402 for calls of models. */
  readonly noCredit?: readonly string[];
  /** Keys without the scope that reports on the organization's usage need. */
  readonly noUsageScope?: readonly string[];
  /** Answers do not say what they cost. @default false */
  readonly noCost?: boolean;
  /** JSON file with the catalogue's `data`. @default the gateway's own three models */
  readonly modelsFile?: string;
  /** Milliseconds before each answer of a model. @default 0 */
  readonly latencyMs?: number;
}

export interface Gateway extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Everything it was asked so far, oldest first. */
  requests(): Promise<readonly GatewayRequest[]>;
  /** Forgets the requests, and what it counts as cached. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** @throws {Error} when it does not come up */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const args = [new URL("fake_gateway.mjs", import.meta.url).pathname];
  for (const key of options.refuse ?? []) args.push("--refuse", key);
  for (const key of options.noCredit ?? []) args.push("--no-credit", key);
  if (options.noCost) args.push("--no-cost");
  for (const key of options.noUsageScope ?? []) args.push("--no-usage-scope", key);
  if (options.modelsFile !== undefined) args.push("--models", options.modelsFile);
  if (options.latencyMs !== undefined) args.push("--latency", String(options.latencyMs));
  // It ends when its standard input does, so that none outlives a test that was killed.
  const child = new Deno.Command(options.node ?? "node", { args, stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();

  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let printed = "";
  while (!printed.includes("\n")) {
    const { value, done } = await output.read();
    if (done) throw new Error(`The gateway for tests ended before it was up; it printed "${printed}".`);
    printed += value;
  }
  const url = `http://127.0.0.1:${printed.match(/^LISTENING (\d+)$/m)?.[1]}`;

  let closing: Promise<void> | undefined;
  const close = () =>
    closing ??= (async () => {
      await child.stdin.close();
      await output.cancel();
      await child.status;
    })();
  const read = async (path: string) => await (await fetch(`${url}${path}`)).json();
  return {
    url,
    requests: () => read("/__log"),
    reset: () => read("/__reset"),
    close,
    [Symbol.asyncDispose]: close,
  };
}
