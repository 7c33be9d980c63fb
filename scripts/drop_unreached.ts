/**
 * Drops classes of packages that nothing makes one of. Their methods are set one by one on a function's prototype, as
 * signals' are; a bundler and terser keep that, since setting a property may do anything, and here it does nothing else.
 */
import type { SyntaxNode } from "./shorten_elements.ts";
import { type ChangingNode, nodesOf } from "./shorten_patterns.ts";

/** Changes a program in place: what is left is run, or reached from what is. */
export function dropUnreached(program: SyntaxNode): void {
  const statements = program.body as ChangingNode[];
  const names = new Set(statements.flatMap((statement) => declaredBy(statement) ?? []));
  const owners = statements.map((statement) => declaredBy(statement) ?? setsPartOf(statement, names));
  const reached = new Set(statements.filter((_, index) => owners[index] === undefined));
  // Grows as it is gone through.
  for (const statement of reached) {
    for (const name of readsWithin(statement)) {
      if (!names.delete(name)) continue;
      for (const [index, owner] of owners.entries()) if (owner === name) reached.add(statements[index]!);
    }
  }
  (program as ChangingNode).body = statements.filter((statement) => reached.has(statement));
}

function declaredBy(statement: ChangingNode): string | undefined {
  return statement.type === "FunctionDeclaration" ? (statement["id"] as SyntaxNode).name : undefined;
}

/** Of which function: `f.part = …`, `f.prototype.part = …`, or a property defined on one of these. */
function setsPartOf(statement: ChangingNode, names: ReadonlySet<string>): string | undefined {
  if (statement.type !== "ExpressionStatement") return undefined;
  let node = statement["expression"] as ChangingNode | undefined;
  if (node?.type === "CallExpression") node = isDefining(node) ? node.arguments![0] as ChangingNode : undefined;
  else if (node?.type === "AssignmentExpression") node = node["left"] as ChangingNode;
  else return undefined;
  while (node?.type === "MemberExpression") node = node["object"] as ChangingNode;
  return node?.name !== undefined && names.has(node.name) ? node.name : undefined;
}

/** `Object.defineProperty(…)` */
function isDefining({ callee }: ChangingNode): boolean {
  const { type, property } = callee as ChangingNode & { readonly property?: SyntaxNode };
  return type === "MemberExpression" && property?.name === "defineProperty";
}

/** Names that are read, in whichever scope, and those of properties: in doubt too many. */
function readsWithin(statement: ChangingNode): readonly string[] {
  return [...nodesOf(statement)].flatMap(({ type, name }) => type === "Identifier" ? name! : []);
}
