/** Fits text into boxes: how long it is, what is cut, where it breaks. */
export class TextFitter {
  private readonly context: CanvasRenderingContext2D;
  /** Widths at 100 px by font and text: text scales evenly, so one measure serves every zoom. */
  private readonly widths = new Map<string, number>();

  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
  }

  width(text: string, size: number, family: string, weight: number): number {
    const key = `${weight} ${family} ${text}`;
    let known = this.widths.get(key);
    if (known === undefined) {
      this.context.font = `${weight} 100px ${family}`;
      known = this.context.measureText(text).width;
      if (this.widths.size > 20_000) this.widths.clear();
      this.widths.set(key, known);
    }
    return (known * size) / 100;
  }

  /** The text, or its beginning with an ellipsis; empty where not even three letters have room. */
  cut(text: string, room: number, size: number, family: string, weight: number): string {
    const whole = this.width(text, size, family, weight);
    if (whole <= room) return text;
    const kept = Math.floor((text.length * room) / whole) - 1;
    return kept < 3 ? '' : `${text.slice(0, kept).trimEnd()}…`;
  }

  /** At most `most` lines broken at spaces; the last is cut. */
  wrap(text: string, room: number, most: number, size: number, family: string, weight: number): readonly string[] {
    const lines: string[] = [];
    let line = '';
    const words = text.split(' ');
    for (const [index, word] of words.entries()) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line === '' || this.width(longer, size, family, weight) <= room) {
        line = longer;
        continue;
      }
      if (lines.length === most - 1) {
        line = [line, ...words.slice(index)].join(' ');
        break;
      }
      lines.push(line);
      line = word;
    }
    lines.push(line);
    return lines.map((each) => this.cut(each, room, size, family, weight)).filter((each) => each !== '');
  }
}
