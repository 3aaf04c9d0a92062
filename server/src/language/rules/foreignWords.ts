import type { Reported } from '../analysis.ts';
import type { Finding, Fix } from '../diagnostic.ts';
import type { PropertyNode } from '../tree.ts';
import { enumerate } from '../vocabulary/describe.ts';
import { type Meaning, meaningOf, type PropertyPlace } from '../vocabulary/words/index.ts';
import { ForeignFixes, type Proposal } from './foreignFixes.ts';
import { carried } from './foreignValue.ts';
import { type Around, Homes } from './homes.ts';
import { removeStatement } from './run.ts';

/** A statement whose block does not have its property, and what the statement means. */
interface Understood {
  readonly around: Around;
  readonly meaning: Meaning;
  /** The places in the block itself or, if there are none, the most likely ones. */
  readonly meant: readonly PropertyPlace[];
  readonly proposals: readonly Proposal[];
  /** The statement that already sets the property in the place where this one should go. */
  readonly stated?: PropertyNode | undefined;
  /** Whether it sets the same value. */
  readonly isRepeated: boolean;
}

/**
 * Findings for properties that their blocks do not have, if they are words of other tools or belong elsewhere. All such words of
 * a file are understood together, so that those for one block are moved in one go.
 */
export class ForeignWords {
  private readonly analysis: Reported;
  private readonly understood = new Map<PropertyNode, Understood>();
  private readonly fixes: ForeignFixes;

  constructor(analysis: Reported, nodes: readonly PropertyNode[]) {
    this.analysis = analysis;
    this.fixes = new ForeignFixes(analysis);
    const homes = new Homes(analysis.source.tree, analysis.looksFarther);
    for (const node of nodes.toSorted((left, right) => left.span.start - right.span.start)) {
      const around = homes.around(node);
      const meaning = meaningOf(node.key.text, around.keywords);
      if (!meaning) continue;
      const meant = placesMeant(meaning, around);
      const proposals = meant.flatMap(
        (place) => homes.proposal(analysis.source.text, node, around, place, meaning) ?? [],
      );
      const [place, ...others] = meant;
      const stated = place && others.length === 0 ? homes.stated(around, place) : undefined;
      const isRepeated =
        place && stated ? this.isSame(carried(analysis.source.text, node, place.property, meaning), stated) : false;
      this.understood.set(node, { around, meaning, meant, proposals, stated, isRepeated });
      const [only] = proposals;
      if (only && proposals.length === 1) this.fixes.join(only);
    }
  }

  finding(node: PropertyNode): Pick<Finding, 'message' | 'fixes'> | undefined {
    const understood = this.understood.get(node);
    if (!understood) return undefined;
    const { around, meaning, meant, proposals, stated, isRepeated } = understood;
    const { row, places } = meaning;
    const written = `\`${node.key.text}\``;
    if (places.length === 0)
      return { message: `${written} has no place in a plan: ${row?.note}; remove it`, fixes: [this.removal(node)] };
    const [parent = 'file'] = around.keywords;
    const isHere = meant.some(({ block }) => block.keyword === parent);
    const note = row?.note === undefined ? '' : `; ${row.note}`;
    const isSpelling = node.key.text !== places[0]?.property.name;
    const message =
      row || isSpelling
        ? `${written} is ${namesOf(meant)} here${isHere ? '' : `, in ${homesOf(meant)}`}${note}`
        : `${lacks(parent, written)}; it belongs in ${homesOf(meant)}`;
    const fixes = proposals.flatMap((proposal) => this.fixes.fixOf(proposal) ?? []);
    const isTaken = stated !== undefined && stated !== node && fixes.length === 0;
    return { message, fixes: isTaken ? [this.repeated(node, stated, isRepeated)] : fixes };
  }

  /** The fix that removes a statement that another one repeats. If the values differ, only the user can say which is meant. */
  private repeated(node: PropertyNode, { span }: PropertyNode, preferred: boolean): Fix {
    const statement = this.analysis.source.text.slice(span.start, span.end);
    return { ...this.removal(node), title: `Remove \`${node.key.text}\`: \`${statement}\` is written`, preferred };
  }

  private isSame(value: string | undefined, { value: { span } }: PropertyNode): boolean {
    const normalised = (text: string) => text.replace(/[\s_"]+/g, '');
    return (
      value !== undefined && normalised(value) === normalised(this.analysis.source.text.slice(span.start, span.end))
    );
  }

  private removal(node: PropertyNode): Fix {
    return removeStatement(this.analysis, node.span, `Remove \`${node.key.text}\``);
  }
}

function placesMeant({ row, places }: Meaning, { keywords }: Around): readonly PropertyPlace[] {
  const [parent] = keywords;
  const placesInParent = places.filter(({ block }) => block.keyword === parent);
  if (placesInParent.length > 0) return placesInParent;
  // A foreign word may mean several things. A word of this language means the nearest place.
  return row ? places : places.filter(({ block }) => block.keyword === places[0]?.block.keyword);
}

function lacks(parent: string, written: string): string {
  return parent === 'file' ? `${written} stands outside any block` : `\`${parent}\` has no property ${written}`;
}

function namesOf(places: readonly PropertyPlace[]): string {
  return enumerate([...new Set(places.map(({ property }) => property.name))], 'or');
}

function homesOf(places: readonly PropertyPlace[]): string {
  return enumerate([...new Set(places.map(({ block }) => `${block.keyword} { }`))].slice(0, 3), 'or');
}
