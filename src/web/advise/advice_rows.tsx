/** The rows of `advise`: what each project would have saved, how sure that is, and what makes it so. */
import type { VNode } from "preact";
import type { AdviceLook } from "../../operations/advice/advice_look.ts";
import { whatText } from "../../operations/advice/advice_rows_table.ts";
import type { AdviceRow } from "../../operations/advice/advise_output.ts";
import { moneyText } from "../../operations/report/cells.ts";
import { linkTo } from "../address.ts";
import { shortProject } from "../look.ts";
import { PlainTable } from "../plain_table.tsx";
import { Setting } from "./setting.tsx";
import { type Spread, Whiskers } from "./whiskers.tsx";

export function AdviceRows({ rows, look }: { readonly rows: readonly AdviceRow[]; readonly look: AdviceLook }): VNode {
  const all = rows.map((row) => ({ row, spread: spreadOf(row) })).sort((a, b) => b.spread.at - a.spread.at);
  return (
    <>
      {["Would have saved", "Leave as it is"].map((title, place) => {
        const own = all.filter(({ row }) => (row.advice === undefined) === (place > 0));
        return own.length > 0 && (
          <section key={title}>
            <h2>{title}</h2>
            <PlainTable
              label={title}
              rows={own}
              columns={[
                {
                  title: "Project",
                  cell: ({ row, row: { project, source, role } }) => (
                    <>
                      <a href={linkTo({ path: [project, source, role] })} title={`${project}, ${source}`}>
                        {shortProject(project)}, {role}
                      </a>
                      <div>{whatText(row)}</div>
                      {row.advice?.settings.map((setting) => <Setting key={setting.key} setting={setting} />)}
                    </>
                  ),
                },
                { title: "Saves", name: "number", cell: ({ spread }) => moneyText(spread.at, look) },
                { title: "At least", name: "number", cell: ({ spread }) => moneyText(spread.least, look) },
                {
                  title: <span class="hidden-text">Bar</span>,
                  name: "bar-cell medium-only",
                  cell: ({ spread }) => <Whiskers spread={spread} all={all.map(({ spread }) => spread)} />,
                },
              ]}
            />
          </section>
        );
      })}
    </>
  );
}

/** What the lifetime saves that the row speaks of. */
function spreadOf({ advice, leave, options, recordedUsd }: AdviceRow): Spread {
  const { id, savesUsd = 0, atLeastUsd = 0 } = advice ?? leave ?? {};
  const lowUsd = options.find((option) => option.id === id)?.lowUsd ?? recordedUsd;
  return { at: savesUsd, least: atLeastUsd, most: recordedUsd - lowUsd };
}
