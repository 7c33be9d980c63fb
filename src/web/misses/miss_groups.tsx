/** What lost caches add up to, as `misses --by` prints it. A click shows those of a row alone. */
import type { VNode } from "preact";
import { isCalendarUnit } from "../../operations/report/usage_keys.ts";
import type { TableBlock } from "../../operations/contract/view.ts";
import type { MissesOutput } from "../../operations/usage/misses_output.ts";
import { go, linkTo } from "../address.ts";
import { keyNames } from "../key_names.ts";
import { filterOfPart } from "../part_filter.ts";
import { periodOfKey } from "../period.ts";
import { ViewTable } from "../table/view_table.tsx";

const MOST_SHOWN = 25;

export function MissGroups({ answer, table, cause, isWhole, onWhole }: {
  readonly answer: MissesOutput;
  /** Of its rows. */
  readonly table: TableBlock;
  /** The one that alone is drawn. */
  readonly cause: string | undefined;
  readonly isWhole: boolean;
  readonly onWhole: () => void;
}): VNode {
  const { by, rows, timezone, list } = answer;
  const names = keyNames(by, rows.map(({ key }) => key), answer);
  return (
    <ViewTable
      table={table}
      label={`Lost caches by ${by}`}
      most={MOST_SHOWN}
      keepsEnd={isCalendarUnit(by)}
      isWhole={isWhole}
      onWhole={onWhole}
      first={(place) => {
        const { key } = rows[place]!;
        const { text, full } = names.get(key)!;
        if (by === "session") {
          const miss = list.find(({ sessionId }) => sessionId === key);
          if (miss === undefined) return text;
          return <a title={key} href={linkTo({ page: "session", path: [miss.source, key] })}>{miss.shortId}</a>;
        }
        if (by === "cause") {
          return (
            <button
              type="button"
              class="link"
              aria-pressed={cause === key}
              onClick={() => go({ query: { cause: cause === key ? "" : key } })}
            >
              {text}
            </button>
          );
        }
        const filter = filterOfPart(by, key) ?? periodFilter(by, key, timezone);
        return filter === undefined
          ? <span title={full}>{text}</span>
          : <button type="button" class="link" title={full} onClick={() => go({ query: filter })}>{text}</button>;
      }}
    />
  );
}

function periodFilter(by: string, key: string, timezone: string): Readonly<Record<string, string>> | undefined {
  const found = periodOfKey(by, key, timezone);
  return found === undefined ? undefined : { since: found.period.since, until: "", by: "cause" };
}
