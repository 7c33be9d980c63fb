/** The user's own settings, as text: read and changed. What is in it is not looked at. */
import { AgentError } from "../core/errors.ts";
import { dirname } from "./paths.ts";
import { guardedReason } from "./permissions.ts";

export interface ConfigFile {
  /** Absolute. */
  readonly path: string;
  /** Undefined where there is none. @throws {AgentError} failed, when it cannot be read, or is no text */
  readText(): string | undefined;
  /**
   * @param change gives the new text for the old one; undefined is no file. Called again when somebody else was quicker
   * @throws {AgentError} failed, when it cannot be written
   */
  edit(change: (text: string | undefined) => string | undefined): Promise<{ readonly after?: string }>;
}

const HINT = "Fix that, or set OPPER_HOME to another directory.";

/** Opens nothing yet. What writes is loaded when something is written: reading stands in front of every answer. */
export function configFile(path: string): ConfigFile {
  return {
    path,
    readText() {
      const bytes = readBytesIfAny(path);
      if (bytes === undefined) return undefined;
      try {
        // A mark at the start is part of the file.
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        throw new AgentError("failed", `"${path}" is not text in UTF-8.`, { hint: "Fix it, or move it elsewhere." });
      }
    },
    async edit(change) {
      const { editFile } = await import("./edit_file.ts");
      return await editFile(path, change, { stateDirectory: dirname(path), mode: 0o600 });
    },
  };
}

function readBytesIfAny(path: string): Uint8Array | undefined {
  try {
    // A pipe would be waited for until somebody writes to it, by every command.
    if (Deno.statSync(path).isFifo) {
      throw new AgentError("failed", `"${path}" cannot be read: is a pipe.`, { hint: HINT });
    }
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    if (!(error instanceof Error) || error instanceof AgentError) throw error;
    // "Permission denied (os error 13): readfile '/x'"
    const reason = guardedReason(error) ?? error.message.replace(/ \(os error[^]*$/, "").toLowerCase();
    throw new AgentError("failed", `"${path}" cannot be read: ${reason}.`, { hint: HINT, cause: error });
  }
}
