import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { serveHere } from "./http_server.ts";

const onBug = (error: unknown) => new Response(String(error), { status: 500 });

Deno.test("closing waits a moment for what is being answered, and ends what takes longer", async () => {
  const begun = Promise.withResolvers<void>();
  const server = serveHere(0, async (request) => {
    const isSlow = request.url.endsWith("/slow");
    if (isSlow) begun.resolve();
    await new Promise((resolve) =>
      isSlow ? request.signal.addEventListener("abort", resolve) : setTimeout(resolve, 100)
    );
    return new Response("whole");
  }, onBug);
  const ask = async (path: string) => await (await fetch(`http://127.0.0.1:${server.port}${path}`)).text();
  const slow = rejects(ask("/slow"));
  await begun.promise;
  const quick = ask("/quick");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = [server.close(), server.close()];
  strictEqual(await quick, "whole");
  await Promise.all([...closed, slow]);
  await rejects(ask("/quick"));
});

Deno.test("what an answer throws is told, and two servers share no port", async () => {
  const servers = [0, 0].map((port) => serveHere(port, () => Promise.reject(new Error("a bug")), onBug));
  const [first, second] = servers.map(({ port }) => port);
  deepStrictEqual(first === second, false);
  const response = await fetch(`http://127.0.0.1:${first}/`);
  strictEqual(response.status, 500);
  match(await response.text(), /a bug/);
  await Promise.all(servers.map((server) => server.close()));
});
