/** Copies the command that goes on with a session. It is asked for at the click: no list has it. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { resumeLine } from "../../operations/report/resume_line.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { useClient } from "../client.ts";
import type { CacheEntry } from "./board_rows.ts";

export function ResumeButton({ entry }: { readonly entry: Pick<CacheEntry, "sessionId" | "cwd"> }): VNode {
  const client = useClient();
  const [said, setSaid] = useState("Copy");
  const copy = async () => {
    try {
      const answer = await client.ask("session", { session: entry.sessionId, limit: 1 });
      const { resumeCommand, session } = answer as SessionOutput;
      const line = resumeCommand && resumeLine(resumeCommand, session.cwd);
      if (line !== undefined) await navigator.clipboard.writeText(line);
      setSaid(line === undefined ? "None known" : "Copied");
    } catch {
      // The clipboard may be forbidden, and the program gone: both show elsewhere.
      setSaid("Not now");
    }
    setTimeout(() => setSaid("Copy"), 2000);
  };
  return (
    <button type="button" class="button small" title="Copy the command that resumes this session" onClick={copy}>
      <span aria-live="polite">{said}</span>
    </button>
  );
}
