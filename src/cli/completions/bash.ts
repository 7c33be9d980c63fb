/** Completions for bash, 3.2 (that of macOS) and later, without the bash-completion package. */
import { allFlags, type DescribedCommand } from "../describe_program.ts";
import { type Flag, GLOBAL_FLAGS, typedName } from "../flag.ts";
import { namesOf, valuedNames, valuesOf } from "./values.ts";

/** @param program what people type; made of letters and dashes */
export function bashCompletions(program: string, commands: readonly DescribedCommand[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  const values = (command: string, flags: readonly Flag[]) =>
    flags.filter(({ kind }) => kind !== "switch").map((flag) =>
      `    ${namesOf(flag).map((name) => `${command}:${name}`).join(" | ")})
        ${offer(name, flag)}
        return
        ;;`
    );
  const passing = commands.filter(({ passesRest }) => passesRest).map(({ name }) => name);
  return `# bash completion for ${program}, made by: ${program} completions bash

# Offers the words of $1 that begin like the current one; with "list" the part behind its last comma.
${name}_words() {
    local head=''
    if [[ $2 == list && $cur == *,* ]]; then
        head=\${cur%,*},
    fi
    COMPREPLY=($(compgen -P "$head" -W "$1" -- "\${cur#"$head"}"))
}

# Asks the program for what only it knows, such as ids of sessions.
${name}_ask() {
    ${name}_words "$(${program} complete "$1" "$cur" 2>/dev/null | cut -f 1)"
    ${name}_only
}

${name}_directories() {
    local IFS=$'\\n'
    COMPREPLY=($(compgen -d -- "$cur"))
    compopt -o filenames 2>/dev/null || true
}

# No names of files where they mean nothing. bash 3.2 cannot say so.
${name}_only() {
    compopt +o default 2>/dev/null || true
}

${name}() {
    local cur prev command='' position=0 i IFS=$' \\t\\n'
    COMPREPLY=()
    cur=\${COMP_WORDS[COMP_CWORD]}
    prev=\${COMP_WORDS[COMP_CWORD - 1]}
    # Bash takes "--flag=value" apart at the "=".
    if [[ $cur == = ]]; then
        cur=''
        [[ $prev == -* ]] || prev+==
    elif [[ $prev == = ]]; then
        prev=\${COMP_WORDS[COMP_CWORD - 2]}
        [[ $prev == -* ]] || prev+==
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case \${COMP_WORDS[i]} in
        ${valuedNames(commands).join(" | ")})
            if [[ \${COMP_WORDS[i + 1]} == = ]]; then i=$((i + 1)); fi
            i=$((i + 1))
            ;;
        =) i=$((i + 1)) ;;
        -*) ;;
        *)
            if [[ -z $command ]]; then
                command=\${COMP_WORDS[i]}
            else
                position=$((position + 1))
            fi
            ;;
        esac
    done
${
    passing.map((command) =>
      `    # All behind the agent is the agent's.
    if [[ $command == ${command} ]] && ((position > 0)); then return; fi
`
    ).join("")
  }
    case $command:$prev in
${commands.flatMap((command) => values(command.name, command.flags)).join("\n")}
${values("*", GLOBAL_FLAGS).join("\n")}
    *=)
        ${name}_directories
        return
        ;;
    esac

    if [[ $cur == -* ]]; then
        case $command in
        '') ${name}_words "${typed(GLOBAL_FLAGS)} --version" ;;
${commands.map((command) => `        ${command.name}) ${name}_words "${typed(allFlags(command))}" ;;`).join("\n")}
        esac
        ${name}_only
        return
    fi

    case $command:$position in
    :0)
        ${name}_words "${commands.map(({ name }) => name).join(" ")}"
        ${name}_only
        ;;
${
    commands.flatMap(({ name: command, positionals }) =>
      positionals.map((flag, position) =>
        `    ${command}:${flag.list ? "*" : position})
        ${offer(name, flag)}
        ;;`
      )
    ).join("\n")
  }
    *) ${name}_only ;;
    esac
}

complete -o default -F ${name} ${program}
`;
}

function offer(name: string, flag: Flag): string {
  const values = valuesOf(flag);
  switch (values.kind) {
    case "words":
      return `${name}_words "${values.words.join(" ")}"${
        flag.list && !flag.positional ? " list" : ""
      }\n        ${name}_only`;
    case "roots":
      return `${name}_words "${values.sources.map((source) => `${source}=`).join(" ")}"\n` +
        "        compopt -o nospace 2>/dev/null || true";
    case "directories":
      return `${name}_directories`;
    case "sessions":
    case "zones":
      return `${name}_ask ${values.kind}`;
    case "anything":
      return `${name}_only`;
  }
}

function typed(flags: readonly Flag[]): string {
  return flags.flatMap((flag) => flag.short === undefined ? [typedName(flag)] : [`-${flag.short}`, typedName(flag)])
    .join(" ");
}
