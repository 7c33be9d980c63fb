/** Every face with how it is loaded, in the order of face_summaries.ts. Loads none itself. */
import type { FaceEntry } from "./face.ts";
import { FACE_SUMMARIES } from "./face_summaries.ts";

const LOADERS: Record<(typeof FACE_SUMMARIES)[number]["name"], FaceEntry["load"]> = {
  watch: async () => (await import("./watch_command.ts")).watchFace,
  statusline: async () => (await import("./statusline_command.ts")).statuslineFace,
  launch: async () => (await import("./launch_command.ts")).launchFace,
  mcp: async () => (await import("./mcp_command.ts")).mcpFace,
  completions: async () => (await import("./completions_command.ts")).completionsFace,
  man: async () => (await import("./man_command.ts")).manFace,
  complete: async () => (await import("./complete_command.ts")).completeFace,
};

export const FACES: readonly FaceEntry[] = FACE_SUMMARIES.map((entry) => ({ ...entry, load: LOADERS[entry.name] }));
