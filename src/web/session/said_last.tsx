/** The end of the conversation, which is asked for by a click and forgotten with the page. Others' words, set as text. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { SessionOutput } from "../../operations/usage/session_output.ts";
import { failureOf } from "../ask_error.ts";
import { useClient } from "../client.ts";
import { Failed } from "../states.tsx";
import { useValue } from "../use_value.ts";

type Said = NonNullable<SessionOutput["text"]>;

/** Nothing where the program was started with --no-text. @param id Of the session, whole */
export function SaidLast({ id }: { readonly id: string }): VNode | null {
  const client = useClient();
  const [said, setSaid] = useState<Said>();
  const [error, setError] = useState<ReturnType<typeof failureOf>>();
  const [isAsking, setAsking] = useState(false);
  if (useValue(client.live).text !== true) return null;
  const ask = async () => {
    setAsking(true);
    setError(undefined);
    try {
      const { text } = await client.ask("session", { session: id, includeText: true, limit: 1 }) as SessionOutput;
      setSaid(text ?? { notice: "Nothing was said that the log has kept.", messages: [], cut: false });
    } catch (failure) {
      setError(failureOf(failure));
    }
    setAsking(false);
  };
  return (
    <section aria-label="Conversation">
      <h2>Conversation</h2>
      {said === undefined
        ? (
          <p class="no-print">
            <button type="button" class="button" disabled={isAsking} onClick={ask}>Show what was said last</button>{" "}
            <span class="dim">Not loaded until you ask, and forgotten when you leave.</span>
          </p>
        )
        : (
          <>
            <p class="dim">{said.notice}</p>
            <dl class="said-last">
              {said.messages.map(({ role, text }, place) => (
                <div key={place} class={`said-${role}`}>
                  <dt>{role}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
            {said.cut && <p class="dim">There was more, before these or within them.</p>}
            <button type="button" class="button no-print" onClick={() => setSaid(undefined)}>Hide</button>
          </>
        )}
      {error !== undefined && <Failed error={error} />}
    </section>
  );
}
