/** What the browser takes for a page that does nothing: no page of ours can be there sooner. */
import type { Browser } from "../../tests/support/browser.ts";
import { medianOf } from "./median_of.ts";
import { goToPainted, newProbedPage } from "./open_page.ts";

/** A line, and a sheet and a script beside it, as a page of ours has. */
const FILES: Readonly<Record<string, readonly [type: string, text: string]>> = {
  "/": [
    "text/html",
    `<!doctype html><meta charset="utf-8"><title>Nothing</title><link rel="stylesheet" href="/style.css">` +
    `<script type="module" src="/page.js"></script><p>Nothing is done here.</p>`,
  ],
  "/style.css": ["text/css", "body { margin: 0; font: 15px sans-serif }"],
  "/page.js": ["text/javascript", "document.title = 'Done'"],
};

/** Median of several first paints, each by somebody who has not been there before. */
export async function measureFloor(browser: Browser, rounds: number): Promise<number> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const [type, text] = FILES[new URL(request.url).pathname] ?? [];
    if (type === undefined) return new Response(null, { status: 404 });
    return new Response(text, { headers: { "content-type": type, "cache-control": "no-store" } });
  });
  const paints: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const page = await newProbedPage(browser);
    paints.push(await goToPainted(page, `http://127.0.0.1:${server.addr.port}/`));
    await page.close();
  }
  await server.shutdown();
  return medianOf(paints);
}
