/**
 * What packages of the page have for uses that the page makes none of, and that no tool drops, because it cannot know: hooks
 * of components, signals as elements, and classes of which nothing makes one.
 */
import type { SyntaxNode } from "./shorten_elements.ts";
import { type ChangingNode, nodesOf } from "./shorten_patterns.ts";

/**
 * Properties that Preact and its signals look for, and that nothing of the page has: whoever reads one gets undefined.
 *
 * Preact 11.2, `diff`, `catchError`; signals 2.11, its look at the window.
 */
const ABSENT: ReadonlySet<string> = new Set([
  "getDerivedStateFromProps",
  "getDerivedStateFromError",
  "getSnapshotBeforeUpdate",
  "getChildContext",
  "contextType",
  "componentWillMount",
  "componentDidMount",
  "componentWillReceiveProps",
  "componentWillUpdate",
  "componentDidUpdate",
  "componentDidCatch",
  "__PREACT_SIGNALS_DEVTOOLS__",
]);

/**
 * Changes a program in place.
 *
 * @throws {Error} where the page has such a property after all, or the packages are no longer as they were
 */
export function dropUnused(program: SyntaxNode): void {
  leaveOutAbsent(program);
  const statements = program.body as ChangingNode[];
  const place = statements.findIndex(makesElementsOfSignals);
  if (place === -1) throw new Error("Nothing makes elements of signals any more.");
  statements.splice(place, 1);
  const reached = reachedFrom(statements);
  (program as ChangingNode).body = statements.filter((statement) => reached.has(statement));
}

function leaveOutAbsent(program: SyntaxNode): void {
  for (const node of nodesOf(program)) {
    const name = node.type === "MemberExpression" && node.computed === false
      ? (node["property"] as SyntaxNode).name
      : undefined;
    if (name !== undefined && ABSENT.has(name)) {
      for (const part of ["object", "property", "computed", "optional"]) delete node[part];
      const zero = { type: "Literal", value: 0, raw: "0" };
      Object.assign(node, { type: "UnaryExpression", operator: "void", prefix: true, argument: zero });
    }
  }
  for (const node of nodesOf(program)) {
    // As a key, of an element in quotes, or as what is set, which by now is set to nothing that can be.
    const isSet = node.type === "AssignmentExpression" && (node["left"] as SyntaxNode).type === "UnaryExpression";
    if (isSet || ABSENT.has(node.key?.name ?? "") || ABSENT.has(String(node.value))) {
      throw new Error("The page has a property that was taken to be absent.");
    }
  }
}

/** `Object.defineProperties(Signal.prototype, …)`, by which a signal can be put where an element is expected. */
function makesElementsOfSignals(statement: ChangingNode): boolean {
  const call = statement["expression"] as ChangingNode | undefined;
  const [object] = call?.type === "CallExpression" ? call.arguments as readonly ChangingNode[] : [];
  return nameOfProperty(call?.callee) === "defineProperties" && nameOfProperty(object) === "prototype";
}

function nameOfProperty(node: SyntaxNode | undefined): string | undefined {
  return node?.type === "MemberExpression" ? ((node as ChangingNode)["property"] as SyntaxNode).name : undefined;
}

/** Functions that something reaches which is run, with all that is set on them; and what is no function. */
function reachedFrom(statements: readonly ChangingNode[]): ReadonlySet<ChangingNode> {
  const names = new Set(statements.flatMap((statement) => declaredBy(statement) ?? []));
  const owners = statements.map((statement) => declaredBy(statement) ?? setsPartOf(statement, names));
  const reached = new Set(statements.filter((_, index) => owners[index] === undefined));
  for (const statement of reached) {
    for (const { name } of readsWithin(statement)) {
      if (!names.has(name!)) continue;
      names.delete(name!);
      for (const [index, owner] of owners.entries()) if (owner === name) reached.add(statements[index]!);
    }
  }
  return reached;
}

function declaredBy(statement: ChangingNode): string | undefined {
  return statement.type === "FunctionDeclaration" ? (statement["id"] as SyntaxNode).name : undefined;
}

/** Of which function: `f.part = …`, `f.prototype.part = …`, `(f.prototype = …).part = …`, or a property defined there. */
function setsPartOf(statement: ChangingNode, names: ReadonlySet<string | undefined>): string | undefined {
  if (statement.type !== "ExpressionStatement") return undefined;
  let node = statement["expression"] as ChangingNode | undefined;
  const isSet = node?.type === "AssignmentExpression" || nameOfProperty(node?.callee) === "defineProperty";
  while (isSet && node !== undefined && node.type !== "Identifier") {
    node = (node["left"] ?? node["object"] ?? node.arguments?.[0]) as ChangingNode | undefined;
  }
  return isSet && names.has(node?.name) ? node?.name : undefined;
}

/** Names that are read, in whichever scope: in doubt one too many. */
function readsWithin(statement: ChangingNode): readonly SyntaxNode[] {
  const all = [...nodesOf(statement)];
  const parts = new Set(
    all.flatMap((node) =>
      node.computed === true
        ? []
        : node.type === "MemberExpression"
        ? [node["property"]]
        : node.type === "Property"
        ? [node.key]
        : []
    ),
  );
  return all.filter((node) => node.type === "Identifier" && !parts.has(node));
}
