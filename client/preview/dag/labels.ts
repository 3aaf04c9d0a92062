/** Fits text into boxes: measures it, cuts it and breaks it into lines. */
export class TextFitter {
  private readonly context: CanvasRenderingContext2D;
  /** Widths at 100 px by font and text. Text scales evenly, so one measurement serves every zoom. */
  private readonly widths = new Map<string, number>();

  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
  }

  width(text: string, size: number, family: string, weight: number): number {
    const key = `${weight} ${family} ${text}`;
    let widthAt100 = this.widths.get(key);
    if (widthAt100 === undefined) {
      this.context.font = `${weight} 100px ${family}`;
      widthAt100 = this.context.measureText(text).width;
      if (this.widths.size > 20_000) this.widths.clear();
      this.widths.set(key, widthAt100);
    }
    return (widthAt100 * size) / 100;
  }

  /** The text, or its beginning with an ellipsis. It is empty where not even three letters have room. */
  cut(text: string, room: number, size: number, family: string, weight: number): string {
    const whole = this.width(text, size, family, weight);
    if (whole <= room) return text;
    const keptLength = Math.floor((text.length * room) / whole) - 1;
    return keptLength < 3 ? '' : `${text.slice(0, keptLength).trimEnd()}…`;
  }

  /** At most `most` lines, broken at spaces. The last one is cut if it is too long. */
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
    return lines.map((lineText) => this.cut(lineText, room, size, family, weight)).filter((fitted) => fitted !== '');
  }
}
