/** What the protocols of the tests' gateway have in common. */
import { setTimeout as delay } from "node:timers/promises";

const PIECE = 40;
/** Of long answers, so that ten megabytes are not a quarter of a million events. */
const LONG_PIECE = 16_384;

/** The text of a message: what it consists of beside text, such as what a tool answered, is left out. */
export function textOf(content) {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text ?? "").join("\n");
}

export function sendEvent(response, data, name) {
  const event = `${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
  return writePiece(response, event);
}

/** Waits for whoever reads it, so that an answer is in no memory as a whole. */
export async function writePiece(response, piece) {
  if (response.write(piece) || response.destroyed) return;
  await new Promise((resolve) => {
    const go = () => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}

export async function* inPieces(text, dripMs) {
  const size = text.length > 100 * LONG_PIECE ? LONG_PIECE : PIECE;
  for (let at = 0; at < text.length; at += size) {
    if (dripMs > 0) await delay(dripMs);
    yield text.slice(at, at + size);
  }
}
