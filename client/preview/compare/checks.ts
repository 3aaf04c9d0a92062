import type { Comparison, PreviewClaim, PreviewDeployment } from '../../../server/src/services/preview/protocol.ts';
import { element } from '../dom.ts';
import { headOf, scrolling } from '../tables.ts';
import { verdict } from '../verdict.ts';

/** What the text claims beside what was computed, by deployment. Claims that fail come before those that hold. */
export function claims(
  deployments: readonly PreviewDeployment[],
  compared: Comparison['claims'],
): HTMLElement | undefined {
  const bySubject = new Map<string, PreviewClaim[]>();
  const allClaims = [
    ...deployments.flatMap(({ name, claims: ownClaims }) => ownClaims.map((claim) => ({ subject: name, ...claim }))),
    ...compared,
  ];
  for (const { subject, ...claim } of allClaims) bySubject.set(subject, [...(bySubject.get(subject) ?? []), claim]);
  if (allClaims.length === 0) return undefined;
  const failed = allClaims.filter(({ holds }) => !holds).length;
  return element(
    'section',
    {},
    element('h2', {}, 'Claims'),
    element(
      'p',
      { class: 'hint' },
      failed === 0
        ? allClaims.length === 1
          ? 'It holds.'
          : `All ${allClaims.length} hold.`
        : `${failed} of ${allClaims.length} do not hold.`,
    ),
    scrolling(
      'Claims',
      element(
        'table',
        { class: 'claims' },
        headOf(['Claim', 'Claimed', 'Computed', 'Holds']),
        ...[...bySubject].map(([subject, claimsOfSubject]) => group(subject, claimsOfSubject)),
      ),
    ),
  );
}

function group(subject: string, claimsOfSubject: readonly PreviewClaim[]): HTMLElement {
  const failed = claimsOfSubject.filter(({ holds }) => !holds);
  const rows = [...failed, ...claimsOfSubject.filter(({ holds }) => holds)].map(({ name, claimed, computed, holds }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row', class: holds ? 'claim' : 'claim failed' }, name),
      element('td', { class: 'number' }, claimed),
      element('td', { class: 'number' }, computed),
      element('td', {}, verdict(holds, holds ? 'yes' : 'no')),
    ),
  );
  return element(
    'tbody',
    {},
    element('tr', {}, element('th', { scope: 'rowgroup', colspan: 4, class: 'subject' }, subject)),
    ...rows,
  );
}

/** The six validation results of each graph. */
export function validations(deployments: readonly PreviewDeployment[]): HTMLElement | undefined {
  const [first] = deployments;
  if (!first) return undefined;
  const rows = first.validations.map(({ name, title }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, title),
      ...deployments.map((deployment) => {
        const validation = deployment.validations.find((candidate) => candidate.name === name);
        if (!validation) return element('td', {}, '–');
        return element(
          'td',
          {},
          verdict(validation.holds, validation.holds ? 'holds' : 'does not hold'),
          element('span', { class: 'detail' }, validation.detail),
        );
      }),
    ),
  );
  return element(
    'section',
    {},
    element('h2', {}, 'Validation of the graph'),
    scrolling(
      'Validation of the graph',
      element(
        'table',
        { class: 'validations' },
        headOf(['Check', ...deployments.map(({ name }) => name)]),
        element('tbody', {}, ...rows),
      ),
    ),
  );
}
