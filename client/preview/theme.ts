import { PALETTES, type Palette, type ThemeKind } from '../../server/src/graph/palette.ts';

/** The kind of the editor's theme, taken from the class that the editor gives to the body of every web view. */
export function themeKind(classes: DOMTokenList): ThemeKind {
  if (classes.contains('vscode-high-contrast-light')) return 'hc-light';
  if (classes.contains('vscode-high-contrast')) return 'hc-dark';
  return classes.contains('vscode-light') ? 'light' : 'dark';
}

/** A system with forced colours gets the contrast that it asks for, whatever the editor's theme is. */
const forced = window.matchMedia('(forced-colors: active)');
const dark = window.matchMedia('(prefers-color-scheme: dark)');

export function currentPalette(): Palette {
  const kind = themeKind(document.body.classList);
  if (!forced.matches) return PALETTES[kind];
  return PALETTES[kind.startsWith('hc') ? kind : dark.matches ? 'hc-dark' : 'hc-light'];
}

/** Gives the style sheet the palette's colours, now and whenever the editor's theme changes. */
export function followTheme(changed: () => void): void {
  const apply = () => {
    for (const [name, value] of variablesOf(currentPalette())) document.documentElement.style.setProperty(name, value);
    changed();
  };
  for (const query of [forced, dark]) query.addEventListener('change', apply);
  new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  apply();
}

function variablesOf(palette: Palette): (readonly [string, string])[] {
  const { background, text, muted, edge, critical, groupStroke, groupFill, nodes, passes, time, memory } = palette;
  const plain = { background, text, muted, edge, critical, stroke: groupStroke, surface: groupFill };
  return [
    ...Object.entries(plain).map(([name, value]) => [`--mp-${name}`, value] as const),
    ...Object.entries({ ...nodes, ...passes }).flatMap(([kind, { fill, stroke }]) => [
      [`--mp-${kind}-fill`, fill] as const,
      [`--mp-${kind}-stroke`, stroke] as const,
    ]),
    ...Object.entries(time).map(([part, value]) => [`--mp-time-${part}`, value] as const),
    ...Object.entries(memory).map(([part, value]) => [`--mp-memory-${part}`, value] as const),
  ];
}
