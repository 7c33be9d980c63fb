/** `export` as it runs: chooses where rows go, and says what was done. */
import { AgentError } from "../../core/errors.ts";
import { expandHome } from "../../core/said_place.ts";
import { ownCommand } from "../../host/own_command.ts";
import { resolve } from "../../host/paths.ts";
import { readWorkingDirectory } from "../../host/working_directory.ts";
import { type Timer, TIMERS, timerUnits } from "../../operations/export/timer_units.ts";
import { toPlainLines } from "../../core/plain_lines.ts";
import { toSafeJson } from "../../core/json/safe_json.ts";
import { readMachineName } from "../../host/machine_name.ts";
import { createProgress, decideColor, decideUnicode } from "../../host/terminal.ts";
import { exportView } from "../../operations/export/export_view.ts";
import { exportToServer } from "../../operations/export/export_to_server.ts";
import { SENDING_WAYS } from "../../operations/export/read_receiver.ts";
import { exportToDirectory } from "../../operations/export/export_to_directory.ts";
import { printRows, TEXT_FORMATS } from "../../operations/export/print_rows.ts";
import { readOne, readRowRequest } from "../../operations/export/read_row_request.ts";
import { sampleView } from "../../operations/export/sample_view.ts";
import type { View } from "../../operations/contract/view.ts";
import { expandRoots, homeOf, withRoots } from "../arguments/extra_roots.ts";
import type { Command } from "../command.ts";
import type { CliContext, CliHost } from "../host.ts";
import { renderView } from "../output/render.ts";
import type { GlobalFlags } from "../arguments/flag.ts";

/** What `export` was asked for, as typed. */
export interface ExportArguments {
  readonly directory?: string;
  readonly since?: string;
  readonly person?: string;
  readonly host?: string;
  readonly hash?: string;
  readonly keyFile?: string;
  readonly without?: string;
  readonly projects?: string;
  readonly format?: string;
  readonly post?: string;
  readonly put?: string;
  readonly otlp?: string;
  readonly headersFile?: string;
  readonly printTimer?: string;
  /** All flags as they were typed, but for those that only shape what is printed. */
  readonly typed: readonly string[];
  readonly dryRun: boolean;
  readonly globals: GlobalFlags;
}

/**
 * @param asked its definition
 * @returns the exit status
 * @throws {AgentError} usage, failed or interrupted
 */
export async function runExport(
  parsed: ExportArguments,
  host: CliHost,
  asked: Pick<Command, "name" | "needs">,
): Promise<number> {
  const globals = { ...parsed.globals, roots: expandRoots(parsed.globals.roots, homeOf(host.env)) };
  const format = readOne("format", parsed.format, TEXT_FORMATS);
  const timer = readOne("print-timer", parsed.printTimer, TIMERS);
  checkPlaces(parsed);
  if (timer !== undefined) return printTimer(timer, parsed, host);
  const progress = createProgress({
    isTerminal: host.isErrorTerminal && !globals.quiet && host.env.TERM !== "dumb",
    write: host.stderr,
    now: host.now,
    width: host.errorWidth,
  });
  try {
    // The network is given up before the first log is read, unless rows go there.
    const isSent = !parsed.dryRun && SENDING_WAYS.some((way) => parsed[way] !== undefined);
    const needs = asked.needs.filter((need) => need !== "network" || isSent);
    const context = withRoots(await host.makeContext(globals, progress, { ...asked, needs }), globals.roots);
    try {
      return await run({ ...parsed, globals }, format, context, host, () => progress.done());
    } finally {
      await context.close();
    }
  } finally {
    progress.done();
  }
}

/** The same export, whichever directory it is started in. */
function printTimer(timer: Timer, { directory, typed }: ExportArguments, host: CliHost): number {
  const { command, args } = ownCommand();
  const whole = (path: string) => resolve(readWorkingDirectory(), expandHome(path, homeOf(host.env) ?? ""));
  const flags = typed.map((flag) =>
    flag.replace(/^(--(?:key|headers)-file=)(.*)$/s, (_, name, path) => name + whole(path))
  );
  const places = directory === undefined ? [] : [whole(directory)];
  host.stdout(timerUnits(timer, [command, ...args, "export", ...places, ...flags]));
  return 0;
}

/** @throws {AgentError} usage, unless rows go to one place */
function checkPlaces(parsed: ExportArguments): void {
  const { directory, format, dryRun } = parsed;
  const places = [
    ...(directory === undefined ? [] : [`"${directory}"`]),
    ...(format === undefined ? [] : ["--format"]),
    ...SENDING_WAYS.filter((way) => parsed[way] !== undefined).map((way) => `--${way}`),
  ];
  if (places.length > 1) {
    throw new AgentError("usage", `Rows go to one place, but ${places.join(" and ")} were given.`, {
      hint: "Run export once for each.",
    });
  }
  if (places.length === 1 || dryRun) return;
  throw new AgentError("usage", "Expected DIRECTORY, --format csv, or an address, so that rows go somewhere.", {
    hint: "`opper-agent export --dry-run` shows what would leave.",
  });
}

async function run(
  parsed: ExportArguments,
  format: (typeof TEXT_FORMATS)[number] | undefined,
  context: CliContext,
  host: CliHost,
  endProgress: () => void,
): Promise<number> {
  const request = readRowRequest(parsed, readMachineName(), context);
  const show = (answer: object, view: View) => {
    endProgress();
    host.stdout(
      parsed.globals.json ? `${toSafeJson(answer, host.isTerminal ? 2 : undefined)}\n` : renderView(view, {
        width: host.width,
        color: decideColor({ choice: parsed.globals.color, env: host.env, isTerminal: host.isTerminal }),
        unicode: decideUnicode(host.env),
      }),
    );
    return 0;
  };
  if (parsed.dryRun) {
    const { answer, view } = await sampleView(request, context);
    return show(answer, view);
  }
  if (format !== undefined) {
    await printRows(request, format, context, (text) => {
      endProgress();
      return host.stdout(text);
    });
    return 0;
  }
  const way = SENDING_WAYS.find((way) => parsed[way] !== undefined);
  const result = way === undefined
    ? await exportToDirectory(request, parsed.directory!, context)
    : await exportToServer(request, { way, url: parsed[way]!, headersFile: parsed.headersFile }, context);
  endProgress();
  if (!parsed.globals.quiet) { for (const note of result.notes) host.stderr(`warning: ${toPlainLines(note)}\n`); }
  return show(result, exportView(result, context.home));
}
