/**
 * Completions for bash, 3.2 (that of macOS) and later, without the bash-completion package.
 *
 * They run in the user's own shell: nothing in them may fail that `set -e` would end it for, or read what `set -u`
 * forbids; and what they find is never expanded.
 */
import { allFlags, type DescribedCommand } from "../describe_program.ts";
import { type Flag, GLOBAL_FLAGS, typedName } from "../../arguments/flag.ts";
import { namesOf, valuedNames, valuesOf } from "./values.ts";

/** @param program what people type; made of letters and dashes */
export function bashCompletions(program: string, commands: readonly DescribedCommand[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  const values = (command: string, flags: readonly Flag[]) =>
    flags.filter(({ kind }) => kind !== "switch").map((flag) =>
      `    ${namesOf(flag).map((name) => `${command}:${name}`).join(" | ")}) ${offer(name, flag)} ;;`
    );
  const passing = commands.filter(({ passesRest }) => passesRest).map(({ name }) => name);
  return `# bash completion for ${program}, made by: ${program} completions bash

# Offers each line of $1, behind what stands before it in the word.
${name}_offer() {
    local line
    while IFS= read -r line; do
        if [[ -n $line ]]; then COMPREPLY+=("$before$line"); fi
    done <<<"$1"
}

# Offers the words of $1 that begin like the current one; with "list" the part behind its last comma.
${name}_words() {
    local head=''
    if [[ \${2-} == list && $cur == *,* ]]; then
        head=\${cur%,*},
    fi
    ${name}_offer "$(compgen -P "$head" -W "$1" -- "\${cur#"$head"}")"
    ${name}_only
}

# Asks the program for what only it knows, such as ids of sessions.
${name}_ask() {
    ${name}_words "$(${program} complete "$1" "$cur" 2>/dev/null | cut -f 1)"
}

${name}_directories() {
    ${name}_offer "$(compgen -d -- "$cur")"
    compopt -o filenames 2>/dev/null || true
}

# SOURCE=DIR, with the sources of $1.
${name}_roots() {
    if [[ $cur == *=* ]]; then
        before=$before\${cur%%=*}=
        cur=\${cur#*=}
        ${name}_directories
    else
        ${name}_words "$1"
        compopt -o nospace 2>/dev/null || true
    fi
}

# No names of files where they mean nothing. bash 3.2 cannot say so.
${name}_only() {
    compopt +o default 2>/dev/null || true
}

# The value of the flag $2 of the command $1; false when it is none that takes one.
${name}_value() {
    case $1:$2 in
${commands.flatMap((command) => values(command.name, command.flags)).join("\n")}
${values("*", GLOBAL_FLAGS).join("\n")}
    *) return 1 ;;
    esac
}

${name}() {
    local cur prev='' before='' command='' position=0 last=-1 i word rest head='' IFS=$' \\t\\n'
    local -a words
    COMPREPLY=()
    # Bash takes words apart at characters such as "=" and ":". What no blank parts is one.
    rest=\${COMP_LINE-}
    rest=\${rest:0:\${COMP_POINT:-\${#rest}}}
    # Called by another function, which may know the words alone.
    if [[ -z $rest ]]; then
        for ((i = 0; i <= COMP_CWORD; i++)); do
            word=\${COMP_WORDS[i]-}
            if [[ $word != [=:] && $prev != [=:] ]]; then rest="$rest "; fi
            rest=$rest$word
            prev=$word
        done
        rest=\${rest# }
        prev=''
    fi
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=\${COMP_WORDS[i]-}
        if ((last < 0)) || [[ $rest == [[:space:]]* ]]; then
            last=$((last + 1))
            words[last]=''
        fi
        words[last]=\${words[last]}$word
        rest=\${rest#"\${rest%%[![:space:]]*}"}
        rest=\${rest#*"$word"}
    done
    word=\${words[last]}
    if ((last > 0)); then prev=\${words[last - 1]}; fi
    cur=$word
    if [[ $word == --*=* ]]; then
        prev=\${word%%=*}
        cur=\${word#*=}
        before=$prev=
    fi
    # What stands before the last of these characters stays as it was typed: it is no part of an answer.
    for i in = :; do
        if [[ \${COMP_WORDBREAKS-} == *$i* && $word == *$i* ]]; then
            rest=\${word%"\${word##*$i}"}
            if ((\${#rest} > \${#head})); then head=$rest; fi
        fi
    done

    for ((i = 1; i < last; i++)); do
        case \${words[i]} in
        ${valuedNames(commands).join(" | ")}) i=$((i + 1)) ;;
        -*) ;;
        *)
            if [[ -z $command ]]; then
                command=\${words[i]}
            else
                position=$((position + 1))
            fi
            ;;
        esac
    done
${
    passing.map((command) =>
      `    # All behind the agent is the agent's.
    if [[ $command == ${command} ]] && ((position > 0)); then return 0; fi
`
    ).join("")
  }
    if ${name}_value "$command" "$prev"; then
        :
    elif [[ $cur == -* ]]; then
        case $command in
        '') ${name}_words "${typed(GLOBAL_FLAGS)} --version" ;;
${commands.map((command) => `        ${command.name}) ${name}_words "${typed(allFlags(command))}" ;;`).join("\n")}
        *) ${name}_only ;;
        esac
    else
        case $command:$position in
        :0) ${name}_words "${commands.map(({ name }) => name).join(" ")}" ;;
${
    commands.flatMap(({ name: command, positionals }) =>
      positionals.map((flag, position) => `        ${command}:${flag.list ? "*" : position}) ${offer(name, flag)} ;;`)
    ).join("\n")
  }
        *) ${name}_only ;;
        esac
    fi
    for ((i = 0; i < \${#COMPREPLY[@]}; i++)); do
        COMPREPLY[i]=\${COMPREPLY[i]#"$head"}
    done
}

complete -o default -F ${name} ${program}
`;
}

function offer(name: string, flag: Flag): string {
  const values = valuesOf(flag);
  switch (values.kind) {
    case "words":
      return `${name}_words "${values.words.join(" ")}"${flag.list && !flag.positional ? " list" : ""}`;
    case "roots":
      return `${name}_roots "${values.sources.map((source) => `${source}=`).join(" ")}"`;
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
