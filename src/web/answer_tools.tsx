/** What one can take along of an answer: the command that says the same, and the rows as CSV and JSON. */
import type { VNode } from "preact";
import type { TableBlock } from "../operations/contract/view.ts";
import { renderCsv } from "../operations/report/render_csv.ts";
import type { AskedFields } from "../core/answer_key.ts";
import { commandLine } from "./command_line.ts";
import { CopyButton } from "./copy_button.tsx";
import { DownloadButton } from "./download_button.tsx";

export interface AnswerToolsProps {
  readonly operation: string;
  readonly fields: AskedFields;
  /** The document: the file has it as `--json` does. */
  readonly answer: unknown;
  /** Its rows, as the command line prints them. */
  readonly table: TableBlock;
}

export function AnswerTools({ operation, fields, answer, table }: AnswerToolsProps): VNode {
  const command = commandLine(operation, fields);
  const name = ["opper-agent", operation, fields.by, fields.split].filter((part) => part !== undefined).join("-");
  return (
    <div class="answer-tools no-print">
      {command === undefined
        ? <p class="dim">A filter holds characters that cannot be typed: no command says the same.</p>
        : (
          <p class="command">
            <code>{command}</code> <CopyButton text={command} label="Copy command" />
          </p>
        )}
      <div class="buttons">
        <DownloadButton
          label="Save as CSV"
          name={`${name}.csv`}
          type="text/csv"
          text={() => renderCsv([table]) ?? ""}
        />
        <DownloadButton
          label="Save as JSON"
          name={`${name}.json`}
          type="application/json"
          text={() => `${JSON.stringify(answer, null, 2)}\n`}
        />
        <CopyButton text={location.href} label="Copy link" />
      </div>
    </div>
  );
}
