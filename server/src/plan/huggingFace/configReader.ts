/** Reads a JSON object field by field, remembering what was asked for and what was not there. */
export class ConfigReader {
  /** Required fields that were missing or of the wrong type. */
  readonly missing: string[] = [];
  private json: Readonly<Record<string, unknown>>;
  private readonly asked = new Set<string>();

  constructor(json: Readonly<Record<string, unknown>>) {
    this.json = json;
  }

  /** Adds fields under the names that are asked for. */
  use(fields: Readonly<Record<string, unknown>>): void {
    this.json = { ...this.json, ...fields };
  }

  has(field: string): boolean {
    return this.get(field) !== undefined;
  }

  /** A required whole number >= 0. */
  integer(field: string): number | undefined {
    const value = this.optional(field);
    if (value === undefined) this.missing.push(field);
    return value;
  }

  /** A whole number >= 0 when it is there; `null` counts as absent. */
  optional(field: string): number | undefined {
    const value = this.get(field);
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
  }

  integerOr(field: string, otherwise: number): number {
    return this.optional(field) ?? otherwise;
  }

  flag(field: string): boolean | undefined {
    const value = this.get(field);
    return typeof value === 'boolean' ? value : undefined;
  }

  text(field: string): string | undefined {
    const value = this.get(field);
    return typeof value === 'string' ? value : undefined;
  }

  texts(field: string): readonly string[] {
    const value = this.get(field);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  integers(field: string): readonly number[] {
    const value = this.get(field);
    return Array.isArray(value) ? value.filter((item) => Number.isInteger(item)) : [];
  }

  object(field: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.get(field);
    return isObject(value) ? value : undefined;
  }

  /** Fields with a value that nothing asked for. */
  unread(): readonly string[] {
    return Object.keys(this.json).filter((field) => !this.asked.has(field) && this.json[field] !== null);
  }

  private get(field: string): unknown {
    this.asked.add(field);
    return Object.hasOwn(this.json, field) ? this.json[field] : undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
