/** Completions for zsh, by way of its own `_arguments`. */
import { allFlags, type DescribedCommand } from "../describe_program.ts";
import { type Flag, GLOBAL_FLAGS, typedName } from "../../arguments/flag.ts";
import { valuesOf } from "./values.ts";

/** @param program what people type; made of letters and dashes */
export function zshCompletions(program: string, commands: readonly DescribedCommand[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  return `#compdef ${program}
# zsh completion for ${program}, made by: ${program} completions zsh

# Asks the program for what only it knows, such as ids of sessions; their order is its.
${name}_ask() {
    local line
    local -a items
    for line in "\${(@f)$(${program} complete "$1" "$PREFIX" 2>/dev/null)}"; do
        [[ -n $line ]] || continue
        items+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    done
    _describe -V -t "$1" "$1" items
}

${name}_roots() {
    if compset -P '*='; then
        _directories
    else
        compadd -S = "$@"
    fi
}

${name}_commands() {
    local -a items
    items=(
${commands.map(({ name, summary }) => `        ${quote(`${name}:${summary}`)}`).join("\n")}
    )
    _describe -V -t commands command items
}

${name}() {
    local curcontext=$curcontext state
    local -a line
    typeset -A opt_args
    _arguments -C -s -S \\
${GLOBAL_FLAGS.flatMap((flag) => specs(name, flag)).map((spec) => `        ${spec} \\`).join("\n")}
        '--version[Print the version]' \\
        '1: :${name}_commands' \\
        '*:: :->arguments' && return
    [[ $state == arguments ]] || return
    curcontext=\${curcontext%:*:*}:${program}-$line[1]:
    case $line[1] in
${
    commands.map((command) => {
      const all = [
        ...allFlags(command).flatMap((flag) => specs(name, flag)),
        ...command.positionals.map((flag, index) =>
          quote(
            `${flag.list ? "*" : index + 1}:${flag.required || flag.list ? "" : ":"}${label(flag)}:${
              action(name, flag)
            }`,
          )
        ),
        ...(command.passesRest ? [quote("*:::argument:_files")] : []),
      ];
      return `    ${command.name})
        ${
        all.length === 0
          ? "_message 'no arguments'"
          : `_arguments -s -S \\\n            ${all.join(" \\\n            ")}`
      }
        ;;`;
    }).join("\n")
  }
    esac
}

# Run when it is loaded from a directory of fpath, registered when it is sourced.
if [[ $funcstack[1] == _${program} ]]; then
    ${name} "$@"
else
    compdef ${name} ${program}
fi
`;
}

/** One or two words of a shell each. */
function specs(name: string, flag: Flag): readonly string[] {
  const description = `[${flag.description.replace(/[[\]\\]/g, "\\$&").replaceAll(":", "\\:")}]`;
  const repeated = flag.list ? "*" : "";
  const value = flag.kind === "switch" ? "" : `:${label(flag)}:${action(name, flag)}`;
  const long = `${typedName(flag)}${flag.kind === "switch" ? "" : "="}`;
  if (flag.short === undefined) return [quote(`${repeated}${long}${description}${value}`)];
  const short = `-${flag.short}${flag.kind === "switch" ? "" : "+"}`;
  const excluded = flag.list ? "*" : `(${typedName(flag)} -${flag.short})`;
  return [short, long].map((typed) => quote(`${excluded}${typed}${description}${value}`));
}

function label(flag: Flag): string {
  return flag.placeholder.replaceAll(":", "\\:");
}

function action(name: string, flag: Flag): string {
  const values = valuesOf(flag);
  switch (values.kind) {
    case "words":
      return flag.list && !flag.positional
        ? `_sequence compadd - ${values.words.join(" ")}`
        : `(${values.words.join(" ")})`;
    case "roots":
      return `${name}_roots ${values.sources.join(" ")}`;
    case "directories":
      return "_directories";
    case "sessions":
    case "zones":
      // The blank keeps _arguments from putting words of its own behind the function.
      return ` ${name}_ask ${values.kind}`;
    case "anything":
      return " ";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
