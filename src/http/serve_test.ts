import { deepStrictEqual } from "node:assert/strict";
import { AgentError } from "../core/errors.ts";
import { madeUpContext } from "../../tests/support/made_up_context.ts";
import { PageServer } from "./serve.ts";

Deno.test("a server that ends in the middle of a scan gives it up, and calls that no bug", async () => {
  const bugs: unknown[] = [];
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const page = await PageServer.make({
    version: "0",
    assets: new Map(),
    text: true,
    remote: false,
    now: Date.now,
    readStamp: () => undefined,
    makeContext: () => madeUpContext(),
    openScan(_onProgress, signal) {
      begin();
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new AgentError("failed", "The scan was given up.")))
      );
    },
    onBug: (error) => bugs.push(error),
  });
  page.prepare();
  await begun;
  await page.close();
  deepStrictEqual(bugs, []);
});

Deno.test("nothing is read for the files of a page, and something once its ticket is traded", async () => {
  const happened: unknown[] = [];
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const page = await PageServer.make({
    version: "0",
    assets: new Map([["page-0123456789.js", new Uint8Array()]]),
    text: true,
    remote: false,
    now: Date.now,
    readStamp: () => undefined,
    makeContext: () => madeUpContext(),
    openScan() {
      happened.push("a scan");
      begin();
      return Promise.reject(new AgentError("failed", "There is nothing to read here."));
    },
    onBug: (error) => happened.push(error),
  });
  page.port = 4756;
  const host = "127.0.0.1:4756";
  const ask = async (path: string, init: RequestInit = {}) => {
    const request = new Request(`http://${host}${path}`, { headers: { host, "accept-encoding": "gzip" }, ...init });
    const { status } = await page.answer(request);
    happened.push([path, status]);
    // What an answer leaves to be done behind it.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  await page.warmUp();
  await ask("/page-0123456789.js");
  const [, ticket] = page.link().split("=");
  await ask("/api/v1/open", { method: "POST", body: JSON.stringify({ ticket: `${ticket}x` }) });
  await ask("/api/v1/open", { method: "POST", body: JSON.stringify({ ticket }) });
  await begun;
  await page.close();
  deepStrictEqual(happened.slice(0, 4), [
    ["/page-0123456789.js", 200],
    ["/api/v1/open", 401],
    ["/api/v1/open", 200],
    "a scan",
  ]);
});
