import type { Comparison, PreviewDeployment } from '../../../server/src/services/preview/protocol.ts';
import { type Child, element } from '../dom.ts';
import { headOf, scrolling } from '../tables.ts';

/** What the text claims, beside what was computed. */
export function claims(deployments: readonly PreviewDeployment[], compared: Comparison['claims']): readonly Child[] {
  const all = [
    ...deployments.flatMap(({ name, claims: own }) => own.map((claim) => ({ subject: name, ...claim }))),
    ...compared,
  ];
  if (all.length === 0) return [];
  return [
    element('h2', {}, 'Claims'),
    scrolling(
      'Claims',
      element(
        'table',
        { class: 'claims' },
        headOf(['Deployment', 'Claim', 'Claimed', 'Computed', 'Holds']),
        element(
          'tbody',
          {},
          ...all.map(({ subject, name, claimed, computed, holds }) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, subject),
              element('td', {}, name),
              element('td', { class: 'number' }, claimed),
              element('td', { class: 'number' }, computed),
              verdict(holds, 'yes', 'no'),
            ),
          ),
        ),
      ),
    ),
  ];
}

/** The six validation results of each graph. */
export function validations(deployments: readonly PreviewDeployment[]): readonly Child[] {
  const [first] = deployments;
  if (!first) return [];
  return [
    element('h2', {}, 'Validation of the graph'),
    scrolling(
      'Validation of the graph',
      element(
        'table',
        { class: 'validations' },
        headOf(['Check', ...deployments.map(({ name }) => name)]),
        element(
          'tbody',
          {},
          ...first.validations.map(({ name, title }) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, title),
              ...deployments.map((deployment) => {
                const own = deployment.validations.find((each) => each.name === name);
                if (!own) return element('td', {}, '–');
                const cell = verdict(own.holds, 'holds', 'does not hold');
                cell.append(element('span', { class: 'detail' }, own.detail));
                return cell;
              }),
            ),
          ),
        ),
      ),
    ),
  ];
}

function verdict(holds: boolean, yes: string, no: string): HTMLElement {
  return element(
    'td',
    {},
    element('span', { class: holds ? 'verdict good' : 'verdict bad' }, holds ? `✓ ${yes}` : `✗ ${no}`),
  );
}
