/** Opens an address in the browser that people use here. */
import type { OwnCommand } from "./own_command.ts";

/** What each system has for that. */
export function browserCommand(os: typeof Deno.build.os, url: string): OwnCommand {
  switch (os) {
    case "darwin":
      return { command: "open", args: [url] };
    case "windows":
      // No shell, which would take `&` in an address for its own.
      return { command: "rundll32.exe", args: ["url.dll,FileProtocolHandler", url] };
    default:
      return { command: "xdg-open", args: [url] };
  }
}

/**
 * Does not wait for it.
 *
 * @param onFailure called when it is clear that none was opened
 */
export function openBrowser(url: string, onFailure: () => void, os = Deno.build.os): void {
  const { command, args } = browserCommand(os, url);
  try {
    const child = new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    child.unref();
    child.status.then(({ success }) => success || onFailure(), onFailure);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    onFailure();
  }
}
