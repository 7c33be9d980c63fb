/** A gateway on the loopback that knows its keys, lists models, and remembers who asked for what. */

export interface AccountGateway {
  /** `http://127.0.0.1:…` */
  readonly host: string;
  readonly requests: readonly { readonly path: string; readonly authorization: string | null }[];
  close(): Promise<void>;
}

export interface GatewayAnswers {
  readonly keys: readonly string[];
  readonly models?: readonly object[];
  /** Instead of the list of models. */
  respond?(request: Request): Response | Promise<Response>;
}

export function startAccountGateway(answers: GatewayAnswers): AccountGateway {
  const requests: { path: string; authorization: string | null }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    const authorization = request.headers.get("authorization");
    requests.push({ path: pathname + search, authorization });
    if (answers.respond !== undefined) return answers.respond(request);
    if (!answers.keys.some((key) => authorization === `Bearer ${key}`)) {
      return Response.json({ error: { message: `Invalid API key ${authorization}` } }, { status: 401 });
    }
    return Response.json({ data: answers.models ?? MODELS });
  });
  return { host: `http://127.0.0.1:${server.addr.port}`, requests, close: () => server.shutdown() };
}

/** Rows as the gateway sends them: one for agents with every field, one with few, and three that no agent can use. */
export const MODELS: readonly object[] = [
  {
    id: "anthropic/claude-sonnet-4.6",
    context_length: 1_000_000,
    pricing: {
      prompt: "0.000003",
      completion: "0.000015",
      input_cache_read: "0.0000003",
      input_cache_write: "0.00000375",
    },
    opper: {
      type: "llm",
      capabilities: ["tools", "vision"],
      max_output_tokens: 64_000,
      reasoning: { supported: ["none", "low", "medium", "high", "max"] },
    },
  },
  {
    id: "acme/plain",
    context_length: 32_768,
    opper: { type: "llm", capabilities: ["tools"], max_output_tokens: 4096 },
  },
  { id: "acme/no-tools", context_length: 32_768, opper: { type: "llm", capabilities: [], max_output_tokens: 4096 } },
  {
    id: "acme/embedding",
    context_length: 8192,
    opper: { type: "embedding", capabilities: ["tools"], max_output_tokens: 1 },
  },
  {
    id: "acme/all-output",
    context_length: 4096,
    opper: { type: "llm", capabilities: ["tools"], max_output_tokens: 4096 },
  },
];
