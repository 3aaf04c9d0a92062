/** An element of an XML document: enough to count shapes and read attributes. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
}

const NAME = '[A-Za-z_][\\w.:-]*';
const TOKEN = new RegExp(`<(/)?(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/)?>|([^<]+)`, 'gy');
const ATTRIBUTE = new RegExp(`(${NAME})="([^"]*)"`, 'g');
const BAD_REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/;
/** Characters that XML 1.0 forbids: controls but for tab and line ends, and two that are no characters. */
const FORBIDDEN = /[^\P{Cc}\t\n\r\u0080-\u009f]|[\ufffe\uffff]/u;

/** Reads a document by the rules of well-formedness (XML 1.0, section 2.1) that a drawing needs; throws where it breaks one. */
export function parseXml(text: string): Element {
  if (FORBIDDEN.test(text)) throw new Error('a character that XML forbids');
  const body = text.replace(/^<\?xml [^?]*\?>\s*/, '').trimEnd();
  const root = { name: '', attributes: new Map<string, string>(), children: [] as Element[] };
  const open: { name: string; attributes: Map<string, string>; children: Element[] }[] = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(body);
    if (!match) throw new Error(`not well-formed at ${at}: ${body.slice(at, at + 60)}`);
    const [, closing, name = '', attributes = '', empty, data] = match;
    if (BAD_REFERENCE.test(attributes) || (data !== undefined && BAD_REFERENCE.test(data)))
      throw new Error(`a bare & at ${at}: ${body.slice(at, at + 60)}`);
    const parent = open.at(-1);
    if (data !== undefined) {
      if (open.length === 1 && data.trim() !== '') throw new Error(`text outside the root: ${data}`);
    } else if (closing) {
      if (open.length === 1 || parent?.name !== name) throw new Error(`</${name}> closes <${parent?.name}> at ${at}`);
      open.pop();
    } else {
      const element = { name, attributes: attributesOf(attributes, at), children: [] as Element[] };
      parent?.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [only, ...more] = root.children;
  if (open.length > 1) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  if (!only || more.length > 0) throw new Error(`${root.children.length} roots`);
  return only;
}

function attributesOf(text: string, at: number): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(ATTRIBUTE)) {
    if (attributes.has(name)) throw new Error(`attribute ${name} twice at ${at}`);
    attributes.set(name, value);
  }
  return attributes;
}

/** Every element below and with `element`, in document order. */
export function elementsOf(element: Element): Element[] {
  return [element, ...element.children.flatMap(elementsOf)];
}
