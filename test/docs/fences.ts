/** A fenced block of a Markdown page, with the heading it stands under. */
export interface Fence {
  readonly heading: string;
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

export function fencesOf(markdown: string): readonly Fence[] {
  const fences: Fence[] = [];
  let heading = '';
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const mark = /^```(\w*)/.exec(line);
    if (mark && open) {
      fences.push({ heading, language: open.language, text: open.lines.join('\n'), line: open.line });
      open = undefined;
    } else if (mark) open = { language: mark[1] ?? '', line: index + 1, lines: [] };
    else if (open) open.lines.push(line);
    else heading = /^#+ (.*)/.exec(line)?.[1] ?? heading;
  }
  return fences;
}

/** Targets of links and pictures outside fences and code. */
export function linksOf(markdown: string): readonly string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/``.*?``|`[^`\n]*`/g, '');
  const inline = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  const html = [...prose.matchAll(/\b(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
  return [...inline, ...html];
}

export function headingsOf(markdown: string): readonly string[] {
  return [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map((match) => match[1] ?? '');
}
