/** Copies the command that goes on with a session. It is asked for at the click: no list has it. */
import type { VNode } from "preact";
import { resumeLine } from "../../operations/report/resume_line.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { useClient } from "../client.ts";
import { CopyButton } from "../copy_button.tsx";
import type { CacheEntry } from "./board_rows.ts";

export function ResumeButton({ entry }: { readonly entry: Pick<CacheEntry, "sessionId" | "cwd"> }): VNode {
  const client = useClient();
  const find = async () => {
    const answer = await client.ask("session", { session: entry.sessionId, limit: 1 });
    const { resumeCommand, session } = answer as SessionOutput;
    return resumeCommand && resumeLine(resumeCommand, session.cwd);
  };
  // The clipboard may be forbidden, and the program gone: both show elsewhere.
  return (
    <CopyButton
      text={find}
      title="Copy the command that resumes this session"
      class="button small"
      failed="Not now"
    />
  );
}
