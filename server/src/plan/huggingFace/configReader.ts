type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a JSON object field by field. It remembers which fields were asked for, which were absent, and which had a value
 * that could not be used: a width given per layer must not pass for an absent width.
 */
export class ConfigReader {
  /** Required fields that were missing. */
  readonly missing: string[] = [];
  /** Fields with values that a family has no meaning for. */
  readonly rejected: string[] = [];
  /** How many layers the model has, once that is known: a list per layer must be as long. */
  layers: number | undefined;
  private json: Json;
  private readonly asked = new Set<string>();
  private readonly misfits = new Set<string>();
  private readonly children = new Map<string, ConfigReader>();
  private readonly lists = new Map<string, readonly ConfigReader[]>();

  constructor(json: Json) {
    this.json = json;
  }

  /** Adds fields under the names that readers ask for. */
  use(fields: Json): void {
    this.json = { ...this.json, ...fields };
  }

  /**
   * Copies fields with other names, when present, to the names that readers ask for. Where a config has both, they must agree.
   */
  rename(names: Readonly<Record<string, string>>): void {
    for (const [field, configField] of Object.entries(names)) {
      const value = this.get(configField);
      if (value === undefined) continue;
      const other = this.get(field);
      if (other !== undefined && other !== value) this.misfits.add(configField);
      this.use({ [field]: value });
    }
  }

  has(field: string): boolean {
    return this.get(field) !== undefined;
  }

  /** Whether the field is there and says that there is none, for which no default stands in. */
  isNull(field: string): boolean {
    return Object.hasOwn(this.json, field) && this.json[field] === null;
  }

  isText(field: string): boolean {
    return typeof this.get(field) === 'string';
  }

  isList(field: string): boolean {
    return Array.isArray(this.get(field));
  }

  /** Whether the field is present with another value. */
  differs(field: string, value: unknown): boolean {
    const configValue = this.get(field);
    return configValue !== undefined && configValue !== value;
  }

  /** A required whole number >= 0. */
  integer(field: string): number | undefined {
    const value = this.optional(field);
    if (value === undefined) this.missing.push(field);
    return value;
  }

  /**
   * A whole number >= 0 when present, or a list that says the same one for every layer. `null` and `false` count as absent.
   */
  optional(field: string): number | undefined {
    const value = this.get(field);
    if (value === false) return undefined;
    const [first, ...others] = Array.isArray(value) ? value : [value];
    const isWhole = !Array.isArray(value) || value.length === (this.layers ?? value.length);
    if (isCount(first) && isWhole && others.every((other) => other === first)) return first;
    return this.misfit(field, value);
  }

  integerOr(field: string, otherwise: number): number {
    return this.optional(field) ?? otherwise;
  }

  /** A number > 0 when present, whole or not. */
  positive(field: string): number | undefined {
    const value = this.get(field);
    return typeof value === 'number' && value > 0 && value <= MOST ? value : this.misfit(field, value);
  }

  flag(field: string): boolean | undefined {
    const value = this.get(field);
    return typeof value === 'boolean' ? value : this.misfit(field, value);
  }

  text(field: string): string | undefined {
    const value = this.get(field);
    return typeof value === 'string' ? value : this.misfit(field, value);
  }

  /** A list of words, empty when absent. */
  texts(field: string): readonly string[] {
    const value = this.get(field);
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    return this.misfit(field, value) ?? [];
  }

  /** A list of whole numbers, empty when absent. */
  integers(field: string): readonly number[] {
    const value = this.get(field);
    if (Array.isArray(value) && value.every(isCount)) return value;
    return this.misfit(field, value) ?? [];
  }

  /** A list of flags, empty when absent. */
  flags(field: string): readonly boolean[] {
    const value = this.get(field);
    if (Array.isArray(value) && value.every((item) => typeof item === 'boolean')) return value;
    return this.misfit(field, value) ?? [];
  }

  /** Whatever stands there; `null` counts as absent. */
  any(field: string): unknown {
    return this.get(field);
  }

  object(field: string): Json | undefined {
    const value = this.get(field);
    return isObject(value) ? value : this.misfit(field, value);
  }

  /** An object within this one, whose fields must be read too. The same field gives the same reader. */
  nested(field: string): ConfigReader | undefined {
    const known = this.children.get(field);
    if (known) return known;
    const json = this.object(field);
    if (!json) return undefined;
    const child = new ConfigReader(json);
    this.children.set(field, child);
    return child;
  }

  /** A list of objects, whose fields must be read too. The same field gives the same readers. */
  nestedList(field: string): readonly ConfigReader[] {
    const known = this.lists.get(field);
    if (known) return known;
    const value = this.get(field);
    const isList = Array.isArray(value) && value.every(isObject);
    const children = isList ? value.map((json) => new ConfigReader(json)) : (this.misfit(field, value) ?? []);
    this.lists.set(field, children);
    return children;
  }

  /** Leaves the fields within an object unread on purpose, because nothing is computed from them. */
  leave(field: string): void {
    this.has(field);
    this.children.delete(field);
  }

  /** Fields that nothing asked for, or whose value could not be used; those of nested objects with their path. */
  unread(): readonly string[] {
    const ignored = Object.keys(this.json).filter((field) => !this.asked.has(field) && this.json[field] !== null);
    const children = [
      ...this.children,
      ...[...this.lists].flatMap(([field, list]) => list.map((child) => [field, child] as const)),
    ];
    const within = children.flatMap(([field, child]) => child.unread().map((name) => `${field}.${name}`));
    return [...new Set([...ignored, ...this.misfits, ...within])];
  }

  /** Names of all fields, where they are those of things and not of facts. */
  names(): readonly string[] {
    return Object.keys(this.json);
  }

  /** Fields that were present with a value that could not be used. */
  misfitting(): readonly string[] {
    return [...this.misfits];
  }

  private get(field: string): unknown {
    this.asked.add(field);
    return Object.hasOwn(this.json, field) ? (this.json[field] ?? undefined) : undefined;
  }

  private misfit(field: string, value: unknown): undefined {
    if (value !== undefined) this.misfits.add(field);
    return undefined;
  }
}

/** The largest size or count of a model. With larger ones products would no longer be exact. */
const MOST = 1_000_000_000_000;

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
