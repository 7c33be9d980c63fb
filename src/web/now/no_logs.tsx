/** What is shown on a machine without logs: where was looked, and how other places are named. */
import type { VNode } from "preact";
import type { OverviewOutput } from "../../operations/usage/overview_output.ts";
import { countOf } from "../../operations/report/notes.ts";

export function NoLogs({ roots }: { readonly roots: OverviewOutput["roots"] }): VNode {
  return (
    <section class="state" aria-labelledby="no-logs">
      <h2 id="no-logs">No logs of coding agents were found</h2>
      <p>
        If an agent keeps its logs elsewhere, start the page with{" "}
        <code>opper-agent dashboard --root SOURCE=DIR</code>. These directories were searched:
      </p>
      <div class="scroll-x" tabIndex={0} role="region" aria-label="Directories that were searched">
        <table>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Directory</th>
              <th scope="col">Found</th>
            </tr>
          </thead>
          <tbody>
            {roots.map(({ source, path, exists, files }) => (
              <tr key={`${source} ${path}`}>
                <th scope="row">{source}</th>
                <td class="mono">{path}</td>
                <td>{exists ? countOf(files, "log") : "not there"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
