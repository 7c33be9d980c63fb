/**
 * Functions of the page in fewer bytes: `({ turn }) => text(turn)` becomes `($1) => text($1.turn)`, which is shorter once `$1`
 * is, and alike everywhere: a compressor finds it again. Only where each part is read once or twice, and not by a function
 * within, which may run when the object has changed.
 */
import type { SyntaxNode } from "./shorten_elements.ts";

const FUNCTIONS: ReadonlySet<string> = new Set([
  "ArrowFunctionExpression",
  "FunctionExpression",
  "FunctionDeclaration",
]);

/** More, and the pattern is the shorter one. */
const MOST_READS = 2;

/** A node that is changed where it stands. */
export type ChangingNode = { -readonly [Name in keyof SyntaxNode]: SyntaxNode[Name] } & Record<string, unknown>;

/** Changes a program in place. The names `$1`, `$2` and so on must not be in it. */
export function shortenPatterns(program: SyntaxNode): void {
  let count = 0;
  for (const node of nodesOf(program)) {
    if (!FUNCTIONS.has(node.type)) continue;
    const params = node["params"] as ChangingNode[];
    for (const [place, param] of params.entries()) {
      const names = namesOf(param);
      const reads = names && readsOf(names, [...params.filter((other) => other !== param), node.body], node);
      if (reads === undefined) continue;
      const name = `$${++count}`;
      params[place] = identifier(name);
      for (const { read, parent } of reads) {
        const property = identifier(names!.get(read.name!)!);
        if (parent["shorthand"] === true) parent["shorthand"] = false;
        delete read.name;
        Object.assign(read, {
          type: "MemberExpression",
          object: identifier(name),
          property,
          computed: false,
          optional: false,
        });
      }
    }
  }
}

/** Properties by the names that a pattern gives them; undefined for all but plain ones. */
function namesOf({ type, properties = [] }: SyntaxNode): ReadonlyMap<string, string> | undefined {
  if (type !== "ObjectPattern" || properties.length === 0) return undefined;
  const isPlain = properties.every(({ type, computed, key, value }) =>
    type === "Property" && computed === false && key!.type === "Identifier" && value!.type === "Identifier"
  );
  return isPlain ? new Map(properties.map(({ key, value }) => [value!.name!, key!.name!])) : undefined;
}

/** Where one of these names is read, once or twice each; undefined where anything else is done with one. */
function readsOf(names: ReadonlyMap<string, string>, within: readonly unknown[], owner: ChangingNode) {
  const reads: { readonly read: ChangingNode; readonly parent: ChangingNode }[] = [];
  const counts = new Map<string, number>();
  for (const { node, parent, role, isWithin } of placesOf(within, owner)) {
    // Whatever stands where a name is declared or set.
    for (const part of SETTING[node.type] ?? []) {
      for (const { name = "" } of nodesOf(node[part])) if (names.has(name)) return undefined;
    }
    if (node.type !== "Identifier" || !names.has(node.name!)) continue;
    const isProperty = (parent.type === "MemberExpression" && role === "property") ||
      (parent.type === "Property" && role === "key");
    if (isProperty && parent.computed === false) continue;
    const count = (counts.get(node.name!) ?? 0) + 1;
    // A function that is called as the part of an object has another `this`.
    if (isWithin || count > MOST_READS || role === "callee") return undefined;
    counts.set(node.name!, count);
    reads.push({ read: node, parent });
  }
  return reads;
}

/** Nodes that declare or set names, and the parts that have these. */
const SETTING: Readonly<Record<string, readonly string[]>> = {
  ArrowFunctionExpression: ["params"],
  FunctionExpression: ["id", "params"],
  FunctionDeclaration: ["id", "params"],
  VariableDeclarator: ["id"],
  CatchClause: ["param"],
  AssignmentExpression: ["left"],
  UpdateExpression: ["argument"],
  ForOfStatement: ["left"],
  ForInStatement: ["left"],
};

interface PlacedNode {
  readonly node: ChangingNode;
  readonly parent: ChangingNode;
  /** What it is to its parent. */
  readonly role: string;
  /** Whether it belongs to a function within. */
  readonly isWithin: boolean;
}

function* placesOf(value: unknown, parent: ChangingNode, role = "", isWithin = false): Generator<PlacedNode> {
  if (Array.isArray(value)) {
    for (const each of value) yield* placesOf(each, parent, role, isWithin);
  } else if (isNode(value)) {
    yield { node: value, parent, role, isWithin };
    const isDeeper = isWithin || FUNCTIONS.has(value.type);
    for (const [name, part] of Object.entries(value)) yield* placesOf(part, value, name, isDeeper);
  }
}

/** A node and all that are in it. */
export function* nodesOf(value: unknown): Generator<ChangingNode> {
  if (Array.isArray(value)) {
    for (const each of value) yield* nodesOf(each);
  } else if (isNode(value)) {
    yield value;
    for (const part of Object.values(value)) yield* nodesOf(part);
  }
}

function isNode(value: unknown): value is ChangingNode {
  return value !== null && typeof value === "object" && !(value instanceof RegExp) && "type" in value;
}

function identifier(name: string): ChangingNode {
  return { type: "Identifier", name } as ChangingNode;
}
