import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { projectRoot } from './dist.ts';

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });

/** Reads JSON by a schema; what does not obey it is an error that says where. */
export function readerOf<Value>(schema: object): (text: string) => Value {
  const validate = ajv.compile<Value>(schema);
  return (text) => {
    const value: unknown = JSON.parse(text);
    if (validate(value)) return value;
    throw new Error(ajv.errorsText(validate.errors?.slice(0, 8), { separator: '\n' }));
  };
}

/** The same with a schema of `schemas/`. */
export function shippedReader<Value>(
  name: 'inspect' | 'graph' | 'check' | 'compare' | 'differences' | 'search',
): (text: string) => Value {
  const schema: object = JSON.parse(readFileSync(join(projectRoot, `schemas/${name}.schema.json`), 'utf8'));
  return readerOf<Value>(schema);
}
