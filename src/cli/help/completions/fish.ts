/** Completions for fish, 3.0 and later. */
import { allFlags, type DescribedCommand } from "../describe_program.ts";
import { type Flag, GLOBAL_FLAGS, isNegatable } from "../../arguments/flag.ts";
import { valuedNames, valuesOf } from "./values.ts";

/** @param program what people type; made of letters and dashes */
export function fishCompletions(program: string, commands: readonly DescribedCommand[]): string {
  const name = functionName(program);
  const complete = `complete -c ${program}`;
  const lines = (condition: string, flags: readonly Flag[]) =>
    flags.map((flag) => `${complete} -n '${condition}' ${flagOptions(program, flag)}`);
  return `# fish completion for ${program}, made by: ${program} completions fish

# The command and the arguments behind it, without flags and their values.
function ${name}_arguments
    set -l words (commandline -opc)
    set -l skip no
    for word in $words[2..-1]
        if test $skip = yes
            set skip no
            continue
        end
        switch $word
            case ${valuedNames(commands).join(" ")}
                set skip yes
            case '-*'
            case '*'
                echo $word
        end
    end
end

# Whether this command was typed; with a number, whether so many arguments follow it.
function ${name}_at
    set -l arguments (${name}_arguments)
    test "$arguments[1]" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; or test (math (count $arguments) - 1) -eq $argv[2]
end

function ${name}_no_command
    test (count (${name}_arguments)) -eq 0
end

# Words for a list: behind a comma another one.
function ${name}_list
    set -l typed (commandline -ct | string replace -r -- '^--[^=]*=' '')
    set -l head (string match -r -- '.*,' "$typed"; or echo '')
    printf '%s\\n' "$head"$argv
end

${complete} -f
${lines(`${name}_no_command`, GLOBAL_FLAGS).join("\n")}
${complete} -n '${name}_no_command' -l version -d 'Print the version'
${
    commands.map(({ name: command, summary }) =>
      `${complete} -k -n '${name}_no_command' -a ${command} -d ${quote(summary)}`
    ).toReversed().join("\n")
  }
${
    commands.map((command) =>
      [
        "",
        `# ${command.name}`,
        ...lines(command.passesRest ? `${name}_at ${command.name} 0` : `${name}_at ${command.name}`, allFlags(command)),
        ...command.positionals.map((flag, index) =>
          `${complete} -n '${name}_at ${command.name}${flag.list ? "" : ` ${index}`}' ${valueOptions(program, flag)}`
        ),
        ...(command.passesRest
          ? [`${complete} -F -n '${name}_at ${command.name}; and not ${name}_at ${command.name} 0'`]
          : []),
      ].join("\n")
    ).join("\n")
  }
`;
}

function functionName(program: string): string {
  return `__${program.replaceAll("-", "_")}`;
}

function flagOptions(program: string, flag: Flag): string {
  const name = isNegatable(flag) ? `no-${flag.name}` : flag.name;
  const short = flag.short === undefined ? "" : `-s ${flag.short} `;
  const value = flag.kind === "switch" ? "" : ` -r ${valueOptions(program, flag)}`;
  return `${short}-l ${name}${value} -d ${quote(flag.description)}`;
}

function valueOptions(program: string, flag: Flag): string {
  const values = valuesOf(flag);
  switch (values.kind) {
    case "words":
      return `-f -a ${
        quote(
          flag.list && !flag.positional
            ? `(${functionName(program)}_list ${values.words.join(" ")})`
            : values.words.join(" "),
        )
      }`;
    case "roots":
      return `-f -a ${
        quote(
          `${values.sources.map((source) => `${source}=`).join(" ")} (__fish_complete_directories (commandline -ct))`,
        )
      }`;
    case "directories":
      return "-f -a '(__fish_complete_directories (commandline -ct))'";
    case "sessions":
    case "zones":
      return `-f -k -a '(${program} complete ${values.kind} (commandline -ct) 2>/dev/null)'`;
    case "anything":
      return "-f";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
