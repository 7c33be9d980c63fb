/**
 * Leaves out of the page's script what its packages have for others: components that are classes, HTML that is no text,
 * methods that nobody calls. A bundler keeps that, since it cannot know. What is read of it becomes a constant, which terser
 * then follows to all that hangs on it.
 */
import type { SyntaxNode } from "./shorten_elements.ts";
import { nodesOf } from "./shorten_patterns.ts";

/** What Preact looks for in components that are classes: the page has none. */
const CLASS_MEMBERS: ReadonlySet<unknown> = new Set([
  "getDerivedStateFromProps",
  "getDerivedStateFromError",
  "getSnapshotBeforeUpdate",
  "componentWillMount",
  "componentDidMount",
  "componentWillReceiveProps",
  "componentWillUpdate",
  "componentDidUpdate",
  "componentDidCatch",
]);

/** Methods of packages that neither they nor the page call. */
const UNCALLED: ReadonlySet<unknown> = new Set(["forceUpdate", "copy", "rangeRound"]);

/** Elements and attributes that Preact has rules for, and the page nowhere. */
const UNUSED_NAMES: ReadonlySet<unknown> = new Set([
  "dangerouslySetInnerHTML",
  "math",
  "template",
  "foreignObject",
  "popover",
]);

/** A node that is changed where it stands. */
type Changing = SyntaxNode & Record<string, unknown>;

/**
 * Changes a program in place.
 *
 * @throws {Error} where some of it is used after all
 */
export function leaveUnused(program: SyntaxNode): void {
  for (const node of nodesOf(program) as Iterable<Changing>) {
    const { left, right, operator } = node as unknown as Record<"left" | "right", Changing> & { operator?: string };
    if (node.type === "AssignmentExpression") {
      const name = memberName(left);
      if (CLASS_MEMBERS.has(name)) throw stillUsed(name);
      if (UNCALLED.has(name)) become(node, constant(undefined));
    } else if (node.type === "BinaryExpression" && UNUSED_NAMES.has(left["value"])) {
      become(node, constant(operator === "!=" || operator === "!=="));
    } else if (CLASS_MEMBERS.has(memberName(node))) become(node, constant(undefined));
    else if (node.type === "LogicalExpression" && isClassTest(left, right)) become(node, constant(false));
  }
  for (const node of nodesOf(program) as Iterable<Changing>) {
    const named = memberName(node) ?? node.key?.name ?? node["value"];
    if (UNCALLED.has(memberName(node)) || UNUSED_NAMES.has(named)) throw stillUsed(named);
    if (node.type === "MethodDefinition" && named === "render") throw stillUsed(named);
  }
}

/** `(prototype = type.prototype) && prototype.render`: whether a component is a class. */
function isClassTest(left: Changing, right: Changing): boolean {
  return memberName(right) === "render" && left.type === "AssignmentExpression" &&
    memberName(left["right"] as Changing) === "prototype";
}

function memberName(node: Changing): unknown {
  return node.type === "MemberExpression" && node.computed === false ? (node["property"] as Changing).name : undefined;
}

function constant(value: boolean | undefined): object {
  if (value !== undefined) return { type: "Literal", value, raw: String(value) };
  return { type: "UnaryExpression", operator: "void", prefix: true, argument: { type: "Literal", value: 0, raw: "0" } };
}

function become(node: Changing, other: object): void {
  for (const name of Object.keys(node)) delete node[name];
  Object.assign(node, other);
}

function stillUsed(name: unknown): Error {
  return new Error(`The page has ${name} after all: take it out of scripts/leave_unused.ts.`);
}
