/** The classes that the preview's own style colours, by the beginning of a scope; the first that fits counts. */
const CLASSES: readonly (readonly [scope: string, className: string | undefined])[] = [
  ['comment', 'hljs-comment'],
  ['string', 'hljs-string'],
  ['constant.numeric', 'hljs-number'],
  ['constant.language', 'hljs-literal'],
  ['keyword.operator', undefined],
  ['keyword.other.unit', 'hljs-type'],
  ['keyword', 'hljs-keyword'],
  ['storage', 'hljs-keyword'],
  ['support.function', 'hljs-built_in'],
  ['support.type', 'hljs-attr'],
  ['variable.other.property', 'hljs-attr'],
  ['entity', 'hljs-title'],
];

export function classOf(scope: string | undefined): string | undefined {
  return CLASSES.find(([beginning]) => scope?.startsWith(beginning))?.[1];
}
