import type { ThemeKind } from '../../server/src/graph/palette.ts';

/** What the editor gives a web view in each kind of theme: the body's class, and some of its style variables. */
export interface EditorTheme {
  readonly kind: ThemeKind;
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

const FONTS = {
  '--vscode-font-family': '"DejaVu Sans", "Liberation Sans", sans-serif',
  '--vscode-font-size': '13px',
};

export const THEMES: readonly EditorTheme[] = [
  {
    kind: 'dark',
    bodyClass: 'vscode-dark',
    variables: { ...FONTS, '--vscode-editor-background': '#1f1f1f', '--vscode-foreground': '#cccccc' },
  },
  {
    kind: 'light',
    bodyClass: 'vscode-light',
    variables: { ...FONTS, '--vscode-editor-background': '#ffffff', '--vscode-foreground': '#3b3b3b' },
  },
  {
    kind: 'hc-dark',
    bodyClass: 'vscode-high-contrast',
    variables: { ...FONTS, '--vscode-editor-background': '#000000', '--vscode-foreground': '#ffffff' },
  },
  {
    kind: 'hc-light',
    // A light high contrast theme has both classes, as in the editor.
    bodyClass: 'vscode-high-contrast-light vscode-high-contrast',
    variables: { ...FONTS, '--vscode-editor-background': '#ffffff', '--vscode-foreground': '#292929' },
  },
];

export function themeOf(kind: ThemeKind): EditorTheme {
  const found = THEMES.find((theme) => theme.kind === kind);
  if (!found) throw new Error(`no theme ${kind}`);
  return found;
}
