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
