import type { FileAnalysis } from '../analysis.ts';
import type { Finding, Fix } from '../diagnostic.ts';
import type { PropertyNode } from '../tree.ts';
import { enumerate } from '../vocabulary/describe.ts';
import { type Meaning, meaningOf, type PropertyPlace } from '../vocabulary/words/index.ts';
import { ForeignFixes, type Proposal } from './foreignFixes.ts';
import { carried } from './foreignValue.ts';
import { type Around, Homes } from './homes.ts';
import { removeStatement } from './run.ts';

/** A statement whose block lacks its property, and what it means. */
interface Understood {
  readonly around: Around;
  readonly meaning: Meaning;
  /** The places in the block itself; without these the likeliest ones. */
  readonly meant: readonly PropertyPlace[];
  readonly proposals: readonly Proposal[];
  /** What says the same property already where the statement would go. */
  readonly stated?: PropertyNode | undefined;
  /** Whether it says the same value. */
  readonly isRepeated: boolean;
}

/**
 * What to say of properties that their blocks lack, where they are words of other tools or ours from elsewhere. All of a file
 * are understood together: those that belong into one block are put there at once.
 */
export class ForeignWords {
  private readonly analysis: FileAnalysis;
  private readonly understood = new Map<PropertyNode, Understood>();
  private readonly fixes: ForeignFixes;

  constructor(analysis: FileAnalysis, nodes: readonly PropertyNode[]) {
    this.analysis = analysis;
    this.fixes = new ForeignFixes(analysis);
    const homes = new Homes(analysis.source.tree);
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

  /** Takes out what is said already; where another value is, which of the two is meant a person must say. */
  private repeated(node: PropertyNode, { span }: PropertyNode, preferred: boolean): Fix {
    const said = this.analysis.source.text.slice(span.start, span.end);
    return { ...this.removal(node), title: `Remove \`${node.key.text}\`: \`${said}\` is written`, preferred };
  }

  private isSame(value: string | undefined, { value: { span } }: PropertyNode): boolean {
    const plain = (text: string) => text.replace(/[\s_"]+/g, '');
    return value !== undefined && plain(value) === plain(this.analysis.source.text.slice(span.start, span.end));
  }

  private removal(node: PropertyNode): Fix {
    return removeStatement(this.analysis, node.span, `Remove \`${node.key.text}\``);
  }
}

function placesMeant({ row, places }: Meaning, { keywords }: Around): readonly PropertyPlace[] {
  const [parent] = keywords;
  const here = places.filter(({ block }) => block.keyword === parent);
  if (here.length > 0) return here;
  // A word of others may mean several things; one of ours means what stands nearest.
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
