/**
 * Elements of the page in fewer bytes: `jsx("p", { class: "dim", children: [a, b] }, key)`, which the compiler makes of JSX,
 * becomes `h("p", { class: "dim", key }, a, b)`. The compiler would make that itself, of files that all import `h`.
 */

/** A node of a syntax tree as ESTree has it, as far as it is read here. */
export interface SyntaxNode {
  readonly type: string;
  readonly name?: string;
  readonly callee?: SyntaxNode;
  readonly arguments?: readonly SyntaxNode[];
  readonly properties?: readonly SyntaxNode[];
  readonly key?: SyntaxNode;
  readonly value?: SyntaxNode;
  readonly elements?: readonly SyntaxNode[];
  readonly computed?: boolean;
  readonly body?: readonly SyntaxNode[];
  readonly specifiers?: readonly { readonly local: SyntaxNode; readonly exported: SyntaxNode }[];
}

/** What the bundle exports of Preact, so that it is known by which names it goes there. */
export const ELEMENT_EXPORTS = `export { h } from "preact";\nexport { jsx, jsxs } from "preact/jsx-runtime";\n`;

/**
 * @param program A module that ends with {@linkcode ELEMENT_EXPORTS}
 * @returns the same without them
 * @throws {Error} where it does not end so
 */
export function shortenElements(program: SyntaxNode): SyntaxNode {
  const { specifiers = [] } = program.body!.at(-1)!;
  const names = new Map(specifiers.map(({ local, exported }) => [exported.name, local.name]));
  const [short, ...long] = ["h", "jsx", "jsxs"].map((name) => names.get(name));
  if (short === undefined || long.includes(undefined)) throw new Error("The bundle does not export h() and jsx().");
  return shortenWithin({ ...program, body: program.body!.slice(0, -1) }, short, new Set(long));
}

function shortenWithin<Value>(value: Value, short: string, long: ReadonlySet<string | undefined>): Value {
  if (value === null || typeof value !== "object" || value instanceof RegExp) return value;
  if (Array.isArray(value)) return value.map((each) => shortenWithin(each, short, long)) as Value;
  const node = Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, shortenWithin(part, short, long)]),
  ) as unknown as SyntaxNode;
  const isElement = node.type === "CallExpression" && node.callee!.type === "Identifier" && long.has(node.callee!.name);
  return (isElement ? shortenCall(node, short) : node) as Value;
}

function shortenCall(node: SyntaxNode, short: string): SyntaxNode {
  const [type, { properties = [] }, key] = node.arguments as [SyntaxNode, SyntaxNode, SyntaxNode | undefined];
  const children = properties.find((each) => each.key?.name === "children" && each.computed === false)?.value;
  const others = properties.filter(({ value }) => value === undefined || value !== children);
  if (key !== undefined) others.push(property("key", key));
  return {
    ...node,
    callee: { type: "Identifier", name: short },
    arguments: [
      type,
      { type: "ObjectExpression", properties: others },
      ...children?.type === "ArrayExpression" ? children.elements! : children === undefined ? [] : [children],
    ],
  };
}

function property(name: string, value: SyntaxNode): SyntaxNode {
  const plain = { kind: "init", method: false, shorthand: false, computed: false };
  return { type: "Property", ...plain, key: { type: "Identifier", name }, value } as SyntaxNode;
}
