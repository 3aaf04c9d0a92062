/** A value of YAML. */
export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

/** Writes a mapping as YAML. Whatever a text holds stays one text; entries that are undefined are left out. */
export function yamlText(mapping: { readonly [key: string]: YamlValue | undefined }, indent = ''): string {
  return Object.entries(mapping)
    .map(([key, value]) => (value === undefined ? '' : `${indent}${scalarText(key)}:${behind(value, indent)}\n`))
    .join('');
}

/** Longest list that stands in one line. */
const LONGEST_FLOW = 80;

/** A value behind its key or dash, without the end of its last line. */
function behind(value: YamlValue, indent: string): string {
  if (isList(value)) {
    const flow = value.map((item) => (isScalar(item) && !isLong(item) ? scalarText(item) : undefined));
    const line = ` [${flow.join(', ')}]`;
    if (flow.every((item) => item !== undefined) && line.length <= LONGEST_FLOW) return line;
    return value.map((item) => `\n${indent}  -${itemText(item, `${indent}    `)}`).join('');
  }
  if (isScalar(value)) return isLong(value) ? blockText(String(value), `${indent}  `) : ` ${scalarText(value)}`;
  const inner = yamlText(value, `${indent}  `);
  return inner === '' ? ' {}' : `\n${inner.replace(/\n$/, '')}`;
}

/** What stands behind a dash. The first entry of a mapping shares its line. */
function itemText(item: YamlValue, indent: string): string {
  if (isScalar(item)) return isLong(item) ? blockText(String(item), indent) : ` ${scalarText(item)}`;
  if (isList(item)) return behind(item, indent);
  const inner = yamlText(item, indent);
  return inner === '' ? ' {}' : ` ${inner.slice(indent.length).replace(/\n$/, '')}`;
}

/** Lines of a text as they are: no character of theirs means anything. */
function blockText(text: string, indent: string): string {
  const lines = text.replace(/\n$/, '').split('\n');
  const chomp = text.endsWith('\n') ? '' : '-';
  return ` |${chomp}\n${lines.map((line) => (line === '' ? '' : indent + line)).join('\n')}`;
}

/** Whether a text is written in lines of its own, which a block can hold as they are. */
function isLong(value: YamlValue): boolean {
  return (
    typeof value === 'string' &&
    /^[!-~][\n -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufffd]*$/.test(value) &&
    value.includes('\n') &&
    !value.endsWith('\n\n')
  );
}

function isScalar(value: YamlValue): value is string | number | boolean | null {
  return typeof value !== 'object' || value === null;
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** Words that YAML takes for something other than a text. */
const WORDS = /^(?:true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan)$/i;

function scalarText(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^-{0,2}[A-Za-z_/][\w./+-]*(?::[\w./+-]+)*$/.test(value) && !WORDS.test(value);
  if (isPlain) return value;
  // Within single quotes nothing but they themselves means anything. JSON's quotes and escapes are those of YAML, too.
  return /^[ -~]*"[ -~]*$/.test(value) && !value.includes("'") ? `'${value}'` : JSON.stringify(value);
}
