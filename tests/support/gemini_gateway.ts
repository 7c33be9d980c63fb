/**
 * Google's API as far as Gemini CLI needs it for a conversation: answers that the test gives, one a request, over loopback.
 */

/** What is answered to one request. */
export interface GeminiAnswer {
  /** Parts of the content, such as `{ text }` and `{ functionCall }`. */
  readonly parts: readonly object[];
  readonly usage: {
    readonly promptTokenCount: number;
    readonly candidatesTokenCount: number;
    readonly totalTokenCount: number;
    readonly cachedContentTokenCount?: number;
    readonly thoughtsTokenCount?: number;
  };
}

export interface GeminiGateway extends AsyncDisposable {
  /** For `GOOGLE_GEMINI_BASE_URL`. */
  readonly url: string;
}

/**
 * @param answer Called with the number of the request for an answer that streams, from 0, and with its body. It is sent when the promise is
 * kept. Requests of other kinds, such as for a title, are refused
 */
export function startGeminiGateway(answer: (request: number, body: string) => Promise<GeminiAnswer>): GeminiGateway {
  let requests = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const model = /\/models\/([^/:]+):streamGenerateContent$/.exec(new URL(request.url).pathname)?.[1];
    const asked = await request.text();
    if (model === undefined) return Response.json({ error: { code: 404, status: "NOT_FOUND" } }, { status: 404 });
    const { parts, usage: usageMetadata } = await answer(requests++, asked);
    const candidates = [{ content: { role: "model", parts }, index: 0, finishReason: "STOP" }];
    const body = JSON.stringify({ candidates, usageMetadata, modelVersion: model, responseId: `r${requests}` });
    return new Response(`data: ${body}\r\n\r\n`, { headers: { "content-type": "text/event-stream" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
