/** What stands where an answer is not there yet, empty, or could not be had. Each says what is so, and a way on. */
import type { ComponentChildren, VNode } from "preact";
import type { AnswerState } from "./client.ts";
import { formatProgress } from "./progress_text.ts";

/** While nothing is known. Takes the room of what will be there, so that nothing jumps. @param rows of text, about */
export function Loading({ rows = 3, what = "figures" }: { readonly rows?: number; readonly what?: string }): VNode {
  return (
    <div class="loading" aria-busy="true">
      <span class="hidden-text">Loading {what}</span>
      {Array.from({ length: rows }, (_, index) => <span key={index} class="bone" />)}
    </div>
  );
}

/** A question that failed: the program's own message, and its hint. Commands in backquotes are set as code. */
export function Failed({ error }: { readonly error: { readonly message: string; readonly hint?: string } }): VNode {
  return (
    <div class="state state-failed" role="alert">
      <p>{error.message}</p>
      {error.hint !== undefined && (
        <p class="dim">
          <WithCode text={error.hint} />
        </p>
      )}
    </div>
  );
}

/**
 * Nothing there, and why.
 *
 * @param title Of the page, where this is all of it
 * @param children a way on: a button, a link
 */
export function Empty({ title, says, children }: {
  readonly title?: string;
  readonly says: ComponentChildren;
  readonly children?: ComponentChildren;
}): VNode {
  return (
    <div class="state">
      {title !== undefined && <h1 class="hidden-text">{title}</h1>}
      <p>{says}</p>
      {children}
    </div>
  );
}

/**
 * An answer in whichever state it is: `<WithAnswer of={answer}>{(cost) => <Chart … />}</WithAnswer>`. The last answer stays
 * while it is asked again; one that failed stays too, below what went wrong.
 */
export function WithAnswer<T>(
  { of: { state, answer, error }, rows, what, children }: {
    readonly of: AnswerState<T>;
    readonly rows?: number;
    readonly what?: string;
    readonly children: (answer: T) => ComponentChildren;
  },
): VNode {
  if (answer === undefined && state !== "failed") return <Loading rows={rows} what={what} />;
  return (
    <>
      {error !== undefined && <Failed error={error} />}
      {answer !== undefined && children(answer)}
    </>
  );
}

/** The first scan: how far it is. */
export function FirstScan(
  { progress }: { readonly progress?: { readonly readBytes: number; readonly totalBytes: number } },
): VNode {
  return (
    <div class="state" role="status">
      <p>Reading logs for the first time{progress === undefined ? "" : `: ${formatProgress(progress)}`}</p>
      {progress !== undefined && (
        <progress aria-label="Read of all logs" value={progress.readBytes} max={Math.max(1, progress.totalBytes)} />
      )}
    </div>
  );
}

/** A sentence whose `commands` are set as code. */
export function WithCode({ text }: { readonly text: string }): VNode {
  return <>{text.split("`").map((part, index) => index % 2 === 1 ? <code key={index}>{part}</code> : part)}</>;
}

/** What the program says beside an answer (`notes`): lines that could not be read, hidden projects, unknown prices. */
export function Notes({ notes }: { readonly notes: readonly string[] }): VNode | null {
  if (notes.length === 0) return null;
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li key={note}>
          <WithCode text={note} />
        </li>
      ))}
    </ul>
  );
}
