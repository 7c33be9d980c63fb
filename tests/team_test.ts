/**
 * What stands in team/ is of one piece with the rows that `export` writes: columns, tables, dashboards. tests/e2e runs it in
 * the engines.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";

import { type ColumnType, TURN_COLUMNS } from "../src/export/turn_row.ts";
import { timerUnits } from "../src/operations/export/timer_units.ts";
import { dashboardPanels, readTeamFile, TEAM_QUESTIONS } from "./support/engines/sql_engine.ts";

const NAMES = TURN_COLUMNS.map(({ name }) => name);

Deno.test("the columns that the README explains are those of a row", async () => {
  const [, table] = /<!-- columns -->([^]*?)<!-- \/columns -->/.exec(await readTeamFile("README.md"))!;
  deepStrictEqual([...table!.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name), NAMES);
});

const CLICKHOUSE: Readonly<Record<ColumnType, RegExp>> = {
  STRING: /^(LowCardinality\()?(Nullable\()?String\)*$/,
  INT32: /^(Nullable\()?Int32\)?$/,
  INT64: /^(Nullable\()?Int64\)?$/,
  DOUBLE: /^Nullable\(Float64\)$/,
  DECIMAL: /^Nullable\(Decimal\(18, 9\)\)$/,
  TIMESTAMP: /^(Nullable\()?DateTime64\(3, 'UTC'\)\)?$/,
  DATE: /^Date$/,
};
const POSTGRES: Readonly<Record<ColumnType, string>> = {
  ...{ STRING: "text", INT32: "int", INT64: "bigint", DOUBLE: "double precision", DECIMAL: "numeric(18, 9)" },
  ...{ TIMESTAMP: "timestamptz", DATE: "date" },
};

/** Names and types between the parentheses of a table, without what is not the engine's name of a type. */
function columnsOf(script: string): readonly (readonly [name: string, type: string])[] {
  const [, body] = /CREATE TABLE [^(]*\(\n([^]*?)\n\)/.exec(script)!;
  // A comma within parentheses is part of a type.
  return body!.split(/,(?![^(]*\))/).map((column) => {
    const [, name, type] = /^\s*(\w+) (.*?)(?: CODEC\(.*\)| DEFAULT .*| PRIMARY KEY)?$/.exec(column.trim())!;
    return [name!, type!] as const;
  });
}

Deno.test("ClickHouse's table has the columns of a row, and one to choose by", async () => {
  const columns = columnsOf(await readTeamFile("clickhouse/turns.sql"));
  deepStrictEqual(columns.map(([name]) => name), [...NAMES, "rank"]);
  for (const [index, { name, type, isNullable }] of TURN_COLUMNS.entries()) {
    ok(CLICKHOUSE[type].test(columns[index]![1]), `${name}: ${columns[index]![1]}`);
    strictEqual(columns[index]![1].includes("Nullable"), isNullable, name);
  }
  const load = await readTeamFile("clickhouse/load.sql");
  const [, into, from] = /\(\s*([\w, \n]+)\)\s*SELECT\s*([\w, \n]+)\s*FROM/.exec(load)!;
  for (const list of [into!, from!]) deepStrictEqual(list.trim().split(/,\s*/), NAMES);
});

Deno.test("PostgreSQL's table has the columns of a row, and a merge sets all of them", async () => {
  const columns = columnsOf(await readTeamFile("postgres/turns.sql"));
  const expected = TURN_COLUMNS.map(({ name, type, isNullable }) => {
    const isKey = name === "turn_id";
    return [name, `${POSTGRES[type]}${isNullable || isKey ? "" : " NOT NULL"}`];
  });
  deepStrictEqual(columns, expected);
  const merge = await readTeamFile("postgres/merge.sql");
  const [, set, to] = /SET\s*\(([\w, \n]+)\) =\s*\(([\w., \n]+)\)/.exec(merge)!;
  const others = NAMES.filter((name) => name !== "turn_id");
  deepStrictEqual(set!.split(/,\s*/), others);
  deepStrictEqual(to!.split(/,\s*/), others.map((name) => `excluded.${name}`));
});

Deno.test("both dashboards ask the five questions, over the time that the viewer chose", async (t) => {
  for (const engine of ["clickhouse", "postgres"]) {
    await t.step(engine, async () => {
      const panels = await dashboardPanels(engine);
      const asked = panels.map(({ sql }) => sql.replaceAll("$__timeFilter(started_at)", "TIME").replace(/\s+/g, " "));
      for (const { name, sql } of TEAM_QUESTIONS) {
        const wanted = sql.replace(/day > CURRENT_DATE - \d+/, "TIME").replace(/\s+/g, " ");
        ok(asked.includes(wanted), `no panel asks ${name}`);
      }
      deepStrictEqual(panels.map(({ datasource }) => datasource.uid), panels.map(() => "${DS}"));
      strictEqual(new Set(panels.map(({ id }) => id)).size, panels.length);
    });
  }
});

/** Without what stands between the lines that a system reads. */
const withoutRemarks = (text: string) =>
  text.replace(/<!--[^]*?-->/g, "").replace(/^#.*$/gm, "").replace(/\n\n+/g, "\n");

Deno.test("timers are those that the program prints, for a program in the usual place", async () => {
  const command = ["/home/anna/.local/bin/opper-agent", "export", "/srv/turns"];
  const [service, timer, agent] = await Promise.all(
    ["opper-agent-export.service", "opper-agent-export.timer", "ai.opper.agent.export.plist"]
      .map(async (name) => withoutRemarks(await readTeamFile(`timers/${name}`))),
  );
  const units = withoutRemarks(timerUnits("systemd", command)).replace("/home/anna", "%h");
  strictEqual(withoutRemarks(`${service}${timer}`).trim(), units.trim());
  // launchd knows no home: a shell does.
  const ours = ["/bin/sh", "-c", 'exec "$HOME/.local/bin/opper-agent" export /Volumes/turns'];
  strictEqual(agent, withoutRemarks(timerUnits("launchd", ours)));
});

Deno.test("what runs at night names a script that is there", async () => {
  const service = await readTeamFile("timers/opper-agent-compact.service");
  const [, script] = /^ExecStart=\S*\/team\/(\S+)/m.exec(service)!;
  strictEqual((await readTeamFile(script!)).slice(0, 10), "#!/bin/sh\n");
  ok((await readTeamFile("timers/opper-agent-compact.timer")).includes("[Timer]\n"));
});
