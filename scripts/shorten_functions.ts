/**
 * Functions of the page in fewer bytes: `function f(a) { return b }` becomes `let f = a => b`, where it stands. A declaration
 * is there from the beginning of its block, and that is not: so what is named before it, or by a function that is, stays as
 * it was.
 */
import type { SyntaxNode } from "./shorten_elements.ts";
import { type ChangingNode, nodesOf } from "./shorten_patterns.ts";

/** Changes a program in place: all functions but those that something is made of, or that ask how they were called. */
export function shortenFunctions(program: SyntaxNode): void {
  const made = new Set([...nodesOf(program)].flatMap(makerOf));
  for (const block of nodesOf(program)) {
    const statements = block.body as readonly ChangingNode[] | undefined;
    if (!Array.isArray(statements) || block.type === "ClassBody") continue;
    const early = namedBefore(statements);
    for (const statement of statements) {
      if (canBeArrow(statement) && !made.has(nameOf(statement)) && !early.has(statement)) {
        becomeArrow(statement, block === program ? "var" : "let");
      }
    }
  }
}

/** Of what something is made: `f` of `new f` and of `f.prototype`. */
function makerOf(node: ChangingNode): readonly (string | undefined)[] {
  if (node.type === "NewExpression") return [node.callee!.name];
  const { object, property } = node as unknown as Record<"object" | "property", SyntaxNode>;
  return node.type === "MemberExpression" && property.name === "prototype" ? [object.name] : [];
}

/** Functions that may be called while a statement above them is run: in doubt too many. */
function namedBefore(statements: readonly ChangingNode[]): ReadonlySet<ChangingNode> {
  const functions = new Map<string | undefined, ChangingNode>();
  for (const statement of statements) {
    if (statement.type === "FunctionDeclaration") functions.set(nameOf(statement), statement);
  }
  const early = new Set<ChangingNode>();
  const places = new Map(statements.map((statement, place) => [statement, place]));
  const named = new Map([...functions.values()].map((each) => [each, functionsNamedIn(each, functions)]));
  for (const [place, statement] of statements.entries()) {
    if (statement.type === "FunctionDeclaration") continue;
    // Grows as it is gone through.
    const reached = new Set(functionsNamedIn(statement, functions));
    for (const each of reached) {
      for (const next of named.get(each)!) reached.add(next);
      if (places.get(each)! > place) early.add(each);
    }
  }
  return early;
}

function functionsNamedIn(
  node: ChangingNode,
  functions: ReadonlyMap<string | undefined, ChangingNode>,
): readonly ChangingNode[] {
  const parts = new Set([...nodesOf(node)].flatMap(nameOfPart));
  return [...nodesOf(node)].flatMap((each) =>
    (each.type === "Identifier" && !parts.has(each) && functions.get(each.name)) || []
  );
}

/** `part` of `whole.part` and of `{ part: … }`, which names nothing. */
function nameOfPart(node: ChangingNode): readonly unknown[] {
  if (node.computed === true) return [];
  return node.type === "MemberExpression" ? [node["property"]] : node["shorthand"] === true ? [] : [node.key];
}

function canBeArrow(node: ChangingNode): boolean {
  if (node.type !== "FunctionDeclaration" || node["generator"] === true) return false;
  return [...nodesOf(node)].every(({ type, name }) =>
    type !== "ThisExpression" && type !== "MetaProperty" && name !== "arguments"
  );
}

function nameOf(node: ChangingNode): string | undefined {
  return (node["id"] as SyntaxNode).name;
}

function becomeArrow(node: ChangingNode, kind: "let" | "var"): void {
  const { id, params, body, async } = node;
  const init = { type: "ArrowFunctionExpression", params, body, async, expression: false, generator: false };
  for (const name of Object.keys(node)) delete node[name];
  const declarations = [{ type: "VariableDeclarator", id, init }];
  Object.assign(node, { type: "VariableDeclaration", kind, declarations });
}
