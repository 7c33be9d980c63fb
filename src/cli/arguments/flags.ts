/**
 * From an operation's input to the table of its flags.
 *
 * Parses no arguments (parse_arguments.ts) and prints nothing (help.ts).
 */
import type { Field } from "../../operations/contract/input.ts";
import type { Operation } from "../../operations/contract/operation.ts";
import { acceptedNames, type Flag, globalFlagsBeside } from "./flag.ts";

/**
 * The flags and positional arguments of an operation, in the order of its input. camelCase fields become kebab-case.
 *
 * @throws {Error} when the definition cannot be expressed on a command line: a bug of the definition
 */
export function flagsOf(operation: Operation): readonly Flag[] {
  const flags = Object.entries(operation.input.fields).map(([name, field]) => flagOf(name, field, operation));
  checkNames(flags, operation);
  return flags;
}

function flagOf(field: string, described: Field, operation: Operation): Flag {
  const { kind, description, list, present, choices, offers, range } = described;
  const hint = operation.commandLine?.[field];
  return {
    field,
    name: hint?.name ?? field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    formerNames: hint?.formerNames,
    short: hint?.short,
    ...(hint?.replacesGlobal ? { replacesGlobal: true } : {}),
    kind,
    placeholder: hint?.placeholder ?? field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
    // Only `--no-x` of a switch that is on is ever shown.
    description: described.off ?? description,
    positional: hint?.positional ?? false,
    list,
    required: present && described.default === undefined,
    default: described.default,
    choices,
    offers,
    range,
  };
}

function checkNames(flags: readonly Flag[], operation: Operation): void {
  const taken = new Set(
    globalFlagsBeside(flags).flatMap(({ name, short }) => short === undefined ? [name] : [name, short]),
  );
  let afterList = false;
  for (const flag of flags) {
    if (flag.positional) {
      if (afterList) throw new Error(`"${flag.field}" of "${operation.name}" stands behind a list that takes all.`);
      afterList = flag.list;
      continue;
    }
    for (const name of flag.short === undefined ? acceptedNames(flag) : [...acceptedNames(flag), flag.short]) {
      if (taken.has(name)) throw new Error(`Flag "${name}" of operation "${operation.name}" is taken.`);
      taken.add(name);
    }
  }
}
