/** Draws a view, whatever characters are in it. */
import type { View } from "../../operations/contract/view.ts";
import { loadWidths, UnmeasuredError } from "./display_width.ts";
import { type RenderOptions, renderView } from "./render.ts";

/** As {@linkcode renderView}. What few views need is loaded for them, and they are drawn anew. */
export async function drawView(view: View, options: RenderOptions): Promise<string> {
  try {
    return renderView(view, options);
  } catch (error) {
    if (!(error instanceof UnmeasuredError)) throw error;
    await loadWidths();
    return renderView(view, options);
  }
}
