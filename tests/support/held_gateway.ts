/** A proxy before the gateway of the tests that holds back the answers that a test names, until it has seen what it waits for. */

export interface HeldGateway extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Kept when the first request to be held has come. */
  readonly isAsked: Promise<void>;
  /** Answers what is held, and holds nothing from then on. */
  release(): void;
}

/**
 * @param url Of the gateway that answers
 * @param isHeld Of the text of a request's body
 */
export function holdGateway(url: string, isHeld: (body: string) => boolean): HeldGateway {
  const [asked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { method, headers } = request;
    const body = await request.text();
    if (isHeld(body)) {
      asked.resolve();
      await released.promise;
    }
    const { pathname, search } = new URL(request.url);
    const answer = await fetch(url + pathname + search, { method, headers, ...(body !== "" && { body }) });
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    isAsked: asked.promise,
    release: released.resolve,
    [Symbol.asyncDispose]: async () => {
      released.resolve();
      await server.shutdown();
    },
  };
}
