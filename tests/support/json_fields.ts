/** The fields of a JSON Schema as rows that people read: path, type, description. */

export interface JsonField {
  /** `sessions[].cost.usd`: an item of a list is `[]`, a key that data chooses is `{}`. */
  readonly path: string;
  /** In words: `number`, `list of objects`, or the values themselves. */
  readonly type: string;
  /** False where it may be left out. */
  readonly isAlwaysThere: boolean;
  readonly default?: unknown;
  /** Empty where the schema has none. */
  readonly description: string;
}

/** What a shape that is described elsewhere is called, by {@linkcode shapeKey}. */
export type Shapes = ReadonlyMap<string, string>;

interface Schema {
  /** Several where it may be null. */
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * All fields of an object's schema, in its order, those of an object within it behind their own row.
 *
 * @param shapes Objects whose fields are left out, since they are described elsewhere
 * @throws {Error} for a keyword that it does not know to read, so that no field is left out in silence
 */
export function fieldsOf(schema: unknown, shapes: Shapes = new Map()): readonly JsonField[] {
  return fieldsBelow(schema as Schema, "", shapes);
}

/** The same for two schemas that differ in their description alone. */
export function shapeKey(schema: object): string {
  return JSON.stringify({ ...schema, description: undefined, default: undefined });
}

function fieldsBelow(schema: Schema, path: string, shapes: Shapes): readonly JsonField[] {
  if ("$ref" in schema || "allOf" in schema || "oneOf" in schema) {
    throw new Error(`${path || "the schema"}: expected plain JSON Schema, found ${Object.keys(schema).join(", ")}`);
  }
  const within = (inner: Schema, own: string) => shapes.has(shapeKey(inner)) ? [] : fieldsBelow(inner, own, shapes);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((choice) => within(choice, path));
  if (schema.items !== undefined) return within(schema.items, `${path}[]`);
  const row = (field: Schema, own: string, isAlwaysThere: boolean): readonly JsonField[] => {
    const { description = "", default: byDefault } = field;
    return [
      { path: own, type: typeOf(field, shapes), isAlwaysThere, default: byDefault, description },
      ...within(field, own),
    ];
  };
  const names = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    row(field, path === "" ? name : `${path}.${name}`, schema.required?.includes(name) ?? false)
  );
  const values = schema.additionalProperties;
  const isMap = typeof values === "object" && Object.keys(values).length > 0;
  return isMap ? [...names, ...row(values, `${path}.{}`, false)] : names;
}

function typeOf(schema: Schema, shapes: Shapes): string {
  const shape = shapes.get(shapeKey(schema));
  if (shape !== undefined) return shape;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map((choice) => typeOf(choice, shapes)))].join(" or ");
  }
  if (schema.type === "array") return `list of ${plural(typeOf(schema.items ?? {}, shapes))}`;
  const { type: kind = "any", minimum, maximum } = schema;
  const type = typeof kind === "string" ? kind : kind.join(" or ");
  // What a double holds exactly is the range of every whole number.
  const least = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least !== undefined && most !== undefined) return `${type} from ${least} to ${most}`;
  return least === undefined ? type : `${type} from ${least}`;
}

function plural(type: string): string {
  return /^\w+$/.test(type) && type !== "any" ? `${type}s` : type;
}
