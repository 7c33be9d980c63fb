/**
 * What a gateway, or what stands before it, answers when something is wrong, whatever it was asked: `?fault=NAME` behind the
 * path of any request to the tests' gateway.
 *
 *   <status>   that status, with the headers that clients look at
 *   html       502 and a page
 *   redirect   302 to another host
 *   reset      the connection is cut before any answer
 *   cut        it is cut in the middle of an answer
 *   hang       never answers
 *   drip       an event each 50 ms, twenty of them
 *   big        10 MB
 *   size       how many bytes the request had: `{"bytes": n}`
 *   hello      a few bytes, at once
 */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { writePiece } from "./fake_protocol.mjs";

const MEGABYTE = 1_048_576;

/** @returns whether there is such a fault */
export async function sendFault(name, bytes, response) {
  if (/^[1-9]\d\d$/.test(name)) return sendStatus(Number(name), response);
  const fault = FAULTS[name];
  if (fault !== undefined) await fault(response, bytes);
  return fault !== undefined;
}

function sendStatus(status, response) {
  response.writeHead(status, {
    "content-type": "application/json",
    "request-id": "req_of_nobody",
    "retry-after": "7",
    "x-should-retry": "false",
  });
  response.end(JSON.stringify({ error: { message: `Scripted ${status}`, code: status } }));
  return true;
}

const FAULTS = {
  html(response) {
    response.writeHead(502, { "content-type": "text/html" });
    response.end("<html><body><h1>502 Bad Gateway</h1></body></html>");
  },
  redirect(response) {
    response.writeHead(302, { location: "http://elsewhere.example/v3/compat/models" });
    response.end();
  },
  reset(response) {
    response.destroy();
  },
  async cut(response) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write('data: {"half":');
    await delay(50);
    response.destroy();
  },
  async hang(response) {
    await once(response, "close");
  },
  async drip(response) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let index = 0; index < 20 && !response.destroyed; index++) {
      response.write(`data: ${index}\n\n`);
      await delay(50);
    }
    response.end();
  },
  async big(response) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const piece = new Uint8Array(16_384).fill(0x61);
    for (let sent = 0; sent < 10 * MEGABYTE && !response.destroyed; sent += piece.length) {
      await writePiece(response, piece);
    }
    response.end();
  },
  size(response, bytes) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ bytes }));
  },
  hello(response) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end("data: hello\n\n");
  },
};
