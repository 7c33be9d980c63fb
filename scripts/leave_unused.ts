/**
 * Leaves out of the page's script what its packages have for others: components that are classes, pages that a server drew,
 * HTML that is no text, methods that nobody calls. A bundler keeps that, since it cannot know. What is read of it becomes a
 * constant, which drop_unreached.ts and terser then follow to all that hangs on it.
 */
import type { SyntaxNode } from "./shorten_elements.ts";
import { nodesOf } from "./shorten_patterns.ts";

/**
 * What Preact looks for in components that are classes, or that hold a context or a portal, of which the page has none; in
 * its own options; and in what is thrown, which may be a promise elsewhere. And what signals tell of who watches them.
 */
const ABSENT: ReadonlySet<unknown> = new Set([
  "getDerivedStateFromProps",
  "getDerivedStateFromError",
  "getSnapshotBeforeUpdate",
  "getChildContext",
  "contextType",
  "componentWillMount",
  "componentDidMount",
  "componentWillReceiveProps",
  "componentWillUnmount",
  "componentWillUpdate",
  "componentDidUpdate",
  "componentDidCatch",
  "requestAnimationFrame",
  "vnode",
  "event",
  "watched",
  "unwatched",
]);

/** Methods of packages that neither they nor the page call, each set once. */
const UNCALLED: ReadonlySet<unknown> = new Set([
  "forceUpdate",
  "copy",
  "rangeRound",
  "paddingInner",
  "paddingOuter",
  "brand",
  "toJSON",
]);

/** The same of bands, whose names others have. */
const UNCALLED_OF_BANDS: ReadonlySet<unknown> = new Set(["round", "align"]);

/** Elements and attributes that Preact has rules for, and the page nowhere. */
const UNUSED_NAMES: ReadonlySet<unknown> = new Set([
  "dangerouslySetInnerHTML",
  "math",
  "template",
  "textarea",
  "foreignObject",
  "popover",
  "defaultChecked",
  "rowSpan",
  "colSpan",
]);

/** In which nothing is, once no element is of it: it is named where that would be set. */
const UNUSED_NAMESPACE = "http://www.w3.org/1998/Math/MathML";

/** What hooks find, as they start, of others that hook into Preact: they are the only ones. */
const HOOKED: ReadonlySet<unknown> = new Set(["__b", "__r", "__c", "__", "diffed", "unmount"]);

/** Bits of an element that a server drew, and of one that waits for a promise. */
const DRAWN_ELSEWHERE: ReadonlySet<unknown> = new Set([32, 128]);

/** Comments of a server that drew the page begin with it. */
const SERVER_MARK = "$s";

/** A node that is changed where it stands. */
type Changing = SyntaxNode & Record<string, unknown>;

/**
 * Changes a program in place.
 *
 * @throws {Error} where some of it is used after all
 */
export function leaveUnused(program: SyntaxNode): void {
  for (const { type, ...rest } of program.body!) {
    if (type !== "VariableDeclaration") continue;
    for (const declarator of (rest as Changing)["declarations"] as Changing[]) {
      if (HOOKED.has(memberName(declarator["init"] as Changing))) declarator["init"] = null;
    }
  }
  const called = new Set<unknown>();
  for (const node of nodesOf(program) as Iterable<Changing>) {
    const { left, right, operator } = node as unknown as Record<"left" | "right", Changing> & { operator?: string };
    if (node.type === "CallExpression") called.add(node.callee);
    if (node.type === "AssignmentExpression") {
      const name = memberName(left);
      if (ABSENT.has(name)) throw stillUsed(name);
      if (UNCALLED.has(name) || UNCALLED_OF_BANDS.has(name) && isSetting(right)) become(node, constant(undefined));
    } else if (node.type === "BinaryExpression" && isUnused(left["value"])) {
      become(node, constant(operator === "!=" || operator === "!=="));
    } else if (operator === "&" && DRAWN_ELSEWHERE.has(left["value"]) && memberName(right) === "__u") {
      become(node, constant(false));
    } else if (isServerTest(node)) {
      become(node, constant(false));
    } else if (ABSENT.has(memberName(node)) || isPortal(node)) become(node, constant(undefined));
    else if (memberName(node) === "then" && !called.has(node)) become(node, constant(undefined));
    else if (node.type === "LogicalExpression" && isClassTest(left, right)) become(node, constant(false));
  }
  for (const node of nodesOf(program) as Iterable<Changing>) {
    const named = memberName(node) ?? node.key?.name ?? node["value"];
    if (UNCALLED.has(memberName(node)) || UNUSED_NAMES.has(named)) throw stillUsed(named);
    if (node.type === "MethodDefinition" && named === "render") throw stillUsed(named);
  }
}

function isUnused(value: unknown): boolean {
  return UNUSED_NAMES.has(value) || value === UNUSED_NAMESPACE;
}

/** `(prototype = type.prototype) && prototype.render`: whether a component is a class. */
function isClassTest(left: Changing, right: Changing): boolean {
  return memberName(right) === "render" && left.type === "AssignmentExpression" &&
    memberName(left["right"] as Changing) === "prototype";
}

/** `comment.data.startsWith("$s")` */
function isServerTest({ callee, arguments: given = [] }: Changing): boolean {
  return memberName(callee as Changing) === "startsWith" &&
    (given[0] as { readonly value?: unknown }).value === SERVER_MARK;
}

function isPortal(node: Changing): boolean {
  return memberName(node) === "__P" && memberName(node["object"] as Changing) === "props";
}

/** `function (value) { return arguments.length ? … : … }` */
function isSetting(node: Changing): boolean {
  return node.type === "FunctionExpression" && [...nodesOf(node)].some(({ name }) => name === "arguments");
}

function memberName(node: Changing | null | undefined): unknown {
  return node?.type === "MemberExpression" && node.computed === false ? (node["property"] as Changing).name : undefined;
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
