import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatFigure } from '../../server/src/cost/format.ts';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import { resultOf } from '../../server/src/language/pieces.ts';
import { type Answer, answerOf } from '../../server/src/search/answer.ts';
import { METRICS, merit } from '../../server/src/search/metrics.ts';
import { PARTS } from '../../server/src/search/run.ts';
import { searchPart } from '../../server/src/search/search.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { type ReadSearch, readSearch, searchesOf } from '../../server/src/services/search/read.ts';
import { chosenText, metricFigure } from '../../server/src/services/search/words.ts';
import { CATALOG } from '../accuracy/catalogue.ts';

/**
 * `node scripts/experts/main.ts`: searches from plans that experts published, and writes what is found beside them into
 * docs/experts.md. The plans and their searches lie in `plans/`.
 */
const root = join(import.meta.dirname, '../..');
const folder = join(import.meta.dirname, 'plans');

interface Row {
  readonly search: ReadSearch;
  readonly answer: Answer;
}

function searched(file: string): readonly Row[] {
  const uri = pathToFileURL(join(folder, file)).href;
  const sources = new NodeSources(CATALOG, () => undefined);
  sources.setRoots([pathToFileURL(folder).href]);
  const analysis = analyseDocument(uri, sources);
  return searchesOf(analysis).map((entity) => {
    const search = readSearch(analysis, entity);
    if (!('space' in search)) throw new Error(`${file}: ${search[0]?.message ?? 'a search that is not understood'}`);
    const { space, base, by } = search;
    const place = { space, base, program: analysis.program, sides: new Map() };
    const parts = Array.from({ length: PARTS }, (_, part) => resultOf(searchPart(place, part)));
    return { search, answer: answerOf(space, parts, { limit: 3, by, base: analysis.evaluationOf(base) }) };
  });
}

function line({ search, answer }: Row): string {
  const { objective, base } = search.space;
  const text = (value: number | undefined) => {
    const figure = metricFigure(objective, value);
    return figure ? formatFigure(figure) : 'none';
  };
  const [own, first] = [answer.base?.[objective], answer.ranked[0]];
  const best = first?.values[objective];
  const behind =
    own === undefined || best === undefined
      ? ''
      : `${(100 * (1 - Math.min(1, METRICS[objective].better === 'more' ? own / best : best / own))).toFixed(1)} %`;
  const isBetter = own !== undefined && best !== undefined && merit(objective, own) >= merit(objective, best);
  const cells = [
    search.base.name,
    objective,
    text(own),
    isBetter ? 'none is better' : text(best),
    isBetter ? '0 %' : behind,
    first ? `\`${chosenText(first.chosen, base).replaceAll('|', '\\|')}\`` : 'no plan holds',
    answer.decided.all.toLocaleString('en-US'),
  ];
  return `| ${cells.join(' | ')} |`;
}

const rows = readdirSync(folder)
  .filter((file) => file.endsWith('.moeplan'))
  .toSorted()
  .flatMap((file) => [`\n## ${file}\n`, heading(), ...searched(file).map(line)]);
writeFileSync(
  join(root, 'docs/experts.md'),
  `# What experts chose, and what a search finds

Written by \`node scripts/experts/main.ts\` from the plans in \`scripts/experts/plans\`: for each the plan that experts published, what it comes
to, the best plan that the search of it finds (at the lower edge of their comparison), and how far the published one is behind. [Searching for
a plan](search.md) says what the differences come from.
${rows.join('\n')}
`,
);

function heading(): string {
  return '| plan | objective | as published | best found | behind | the best one | plans |\n| --- | --- | --: | --: | --: | --- | --: |';
}
