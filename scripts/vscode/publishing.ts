/** What only the one who publishes the extension knows. docs/publishing.md says it at length. */

/** What the manifest still lacks before it can be published, a sentence each; empty where it is complete. */
export function missingForPublishing(manifest: Readonly<Record<string, unknown>>): readonly string[] {
  const addresses = [
    ['repository', addressOf(manifest.repository), 'where the sources are: links of README and pages lead there'],
    ['bugs', addressOf(manifest.bugs), 'where a user reports a mistake'],
    ['homepage', addressOf(manifest.homepage), 'what the page of the extension links to'],
  ] as const;
  return [
    ...(isName(manifest.publisher) ? [] : ['`publisher`: the identifier of your publisher, at both places']),
    ...(isName(manifest.license) ? [] : ['`license`: Open VSX takes nothing without one']),
    ...addresses.flatMap(([name, address, why]) => {
      if (address === undefined) return [`\`${name}\`: ${why}`];
      return isPublic(address) ? [] : [`\`${name}\` is \`${address}\`, which is no address on the web (https://...)`];
    }),
  ];
}

/** `"repository": "https://..."`, or `{ "url": "https://..." }`. */
function addressOf(value: unknown): string | undefined {
  const address = typeof value === 'object' && value !== null && 'url' in value ? value.url : value;
  return isName(address) ? address : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isPublic(address: string): boolean {
  const plain = address.replace(/^git\+/, '');
  if (!URL.canParse(plain)) return false;
  const { protocol, hostname } = new URL(plain);
  return protocol === 'https:' && hostname.includes('.') && !/(?:^|\.)example\.(?:com|org|net)$/.test(hostname);
}
