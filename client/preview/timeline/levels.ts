import { button, element } from '../dom.ts';
import type { Level } from './place.ts';

const LABELS: Readonly<Record<Level, readonly [label: string, title: string]>> = {
  layer: ['Layer', 'One layer, with what its communication exposes'],
  micro: ['Micro-batch', 'The pass of one micro-batch through a stage'],
  step: ['Step', 'The whole step with its schedule'],
};

/** Chooses how much of a step is in view. */
export class Levels {
  readonly root = element('span', { class: 'levels', role: 'group', 'aria-label': 'In view' });
  private readonly buttons: ReadonlyMap<Level, HTMLButtonElement>;

  constructor(chosen: (level: Level) => void) {
    const make = (level: Level) => {
      const [label, title] = LABELS[level];
      return [level, button(label, { class: 'level', title }, () => chosen(level))] as const;
    };
    this.buttons = new Map([make('layer'), make('micro'), make('step')]);
    this.root.append(...this.buttons.values());
  }

  show(current: Level, isThere: (level: Level) => boolean): void {
    for (const [level, node] of this.buttons) {
      node.hidden = !isThere(level);
      node.setAttribute('aria-pressed', String(level === current));
    }
  }
}
