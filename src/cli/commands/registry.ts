/** Every face with how it is loaded, in the order of commands/summaries.ts. Loads none itself. */
import type { FaceEntry } from "../command.ts";
import { FACE_SUMMARIES } from "./summaries.ts";

const LOADERS: Record<(typeof FACE_SUMMARIES)[number]["name"], FaceEntry["load"]> = {
  watch: async () => (await import("./watch_arguments.ts")).watchFace,
  statusline: async () => (await import("./statusline_arguments.ts")).statuslineFace,
  launch: async () => (await import("./launch.ts")).launchFace,
  mcp: async () => (await import("./mcp.ts")).mcpFace,
  completions: async () => (await import("./completions.ts")).completionsFace,
  man: async () => (await import("./man.ts")).manFace,
  complete: async () => (await import("./complete.ts")).completeFace,
};

export const FACES: readonly FaceEntry[] = FACE_SUMMARIES.map((entry) => ({ ...entry, load: LOADERS[entry.name] }));
