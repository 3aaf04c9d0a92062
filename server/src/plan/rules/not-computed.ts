import type { Rule } from '../../language/diagnostic.ts';
import type { Entity, Property, Value } from '../../language/entity.ts';
import { locationOfEntity, locationOfProperty } from '../../language/entity.ts';
import { stageOfModules } from '../pipelineLayout.ts';
import type { ResolvedDeployment } from '../resolve/resolved.ts';
import { childOf, childrenOf, flagOf, itemsOf } from '../values.ts';
import type { PlanContext } from './context.ts';
import { cyclesOf, endsOf, flowsOf } from './flow.ts';

/**
 * Something is understood and checked, and the prediction does not use it.
 *
 * What stands in a plan is either computed or named here, never passed over: operators of hand-drawn layers of which too
 * little is known (they are drawn without figures), layers that no line of `layers { }` names, calibration by measured
 * figures, the vision tower of a config, properties of training in another workload, and pipelines that branch, whose
 * stages are predicted one after the other.
 *
 * ## Not so
 * ```moeplan
 * workload chat { input = 4_000 tokens, output = 1_000 tokens }
 * parallel { zero = 1 }           // training only
 * ```
 *
 * ## But so
 * ```moeplan
 * workload pretraining { global-batch = 1024, length = 4_096 tokens }
 * parallel { zero = 1 }
 * ```
 *
 * ## How to fix it
 * Leave it as a note to readers, or say the same in a way that is computed.
 */
export const notComputed: Rule<PlanContext> = {
  name: 'not-computed',
  family: 'prediction',
  severity: 'information',
  summary: 'Something is understood and checked but not used by the prediction.',
  check(context, report) {
    const { program, plan } = context;
    const tell = (place: Property | Entity, message: string) => {
      const location = 'keyword' in place ? locationOfEntity(place) : locationOfProperty(place);
      report({ ...location, message });
    };
    for (const { rule, ...problem } of plan.problems) if (rule === 'not-computed') report(problem);
    for (const entity of program.own) {
      if (entity.keyword !== 'model') continue;
      const named = new Set(
        childrenOf(entity, 'layers').flatMap(({ entries }) => entries.flatMap(({ value }) => wordsIn(value))),
      );
      for (const layer of childrenOf(entity, 'layer')) {
        const name = layer.name ?? '';
        if (!named.has(name))
          tell(
            layer,
            `layer ${name} is no layer of model ${entity.name ?? ''}: write \`0..3 = ${name}\` into \`layers { }\`, or remove it`,
          );
      }
    }
    for (const resolved of plan.deployments) {
      const measured = childOf(resolved.entity, 'measured');
      const calibrate = measured?.properties.get('calibrate');
      if (calibrate && flagOf(measured, 'calibrate') === true)
        tell(
          calibrate,
          'the prediction is not scaled to measured figures: compare the two as they stand, or leave `calibrate` out',
        );
      for (const [property, message] of [...ofTraining(resolved), ...ofPipelines(resolved)]) tell(property, message);
    }
    for (const flow of flowsOf(context)) {
      if (flow.kind !== 'stage' || flow.arrows.length < 2 || cyclesOf(flow).length > 0) continue;
      const { sources, sinks, alone } = endsOf(flow);
      if (sources.length !== 1 || sinks.length !== 1 || alone.length > 0) continue;
      const entered = new Map<string, number>();
      for (const { from, to } of new Map(flow.arrows.map((arrow) => [`${arrow.from} ${arrow.to}`, arrow])).values()) {
        entered.set(to, (entered.get(to) ?? 0) + 1);
        if (from === to) return;
      }
      const join = [...entered].find(([, count]) => count > 1)?.[0];
      const block = join === undefined ? undefined : flow.blocks.get(join);
      if (block)
        tell(
          block,
          `several arrows meet at stage ${join}: the prediction runs stages one after the other; use a single path`,
        );
    }
  },
};

function wordsIn(value: Value): readonly string[] {
  return itemsOf(value).flatMap((item) => (item.kind === 'word' ? [item.text] : []));
}

/** Properties that have a meaning in training only, when the workload is not training. */
function ofTraining({ draft, entity }: ResolvedDeployment): [Property, string][] {
  if (!draft || draft.workload.kind === 'training') return [];
  const blocks = [entity, ...childrenOf(entity, 'pool')].flatMap((holder) => childrenOf(holder, 'parallel'));
  return blocks.flatMap((block) =>
    ['schedule', 'zero', 'recompute', 'recompute-layers', 'offload', 'vpp'].flatMap((name): [Property, string][] => {
      const property = block.properties.get(name);
      return property
        ? [
            [
              property,
              `\`${name}\` is of training, and workload ${draft.workload.name} is none: leave it out, or use a workload with \`global-batch\``,
            ],
          ]
        : [];
    }),
  );
}

/** What a pipeline says that the prediction computes in another way. */
function ofPipelines({ deployment, sources }: ResolvedDeployment): [Property, string][] {
  return (deployment?.pools ?? []).flatMap(({ parallel }, index): [Property, string][] => {
    const properties = sources[index]?.parallel?.properties;
    const [layout, layers] = [properties?.get('layout'), properties?.get('recompute-layers')];
    const { offload = [] } = parallel;
    const modules = stageOfModules(parallel);
    const told: [Property | undefined, string | false][] = [
      [
        layout,
        modules !== undefined &&
          modules !== parallel.pp - 1 &&
          `the prediction module stands on stage ${modules}, and is computed on the last one, with the loss; write \`m\` before \`L\` to say so`,
      ],
      [
        layout,
        deployment?.workload.kind !== 'training' &&
          parallel.vpp > 1 &&
          'chunks take turns in training only: the layers of a stage are predicted one after the other; use one part for each stage',
      ],
      [
        layers,
        deployment?.workload.kind === 'training' &&
          !parallel.recompute.includes('full') &&
          '`recompute-layers` counts the layers of `recompute = full`: write that, or leave it out',
      ],
    ];
    if (deployment?.workload.kind === 'training' && offload.length > 0) {
      const way =
        'memory is computed without them, and the time that they take to the host and back is not: take the step for a lower bound';
      told.push([properties?.get('offload'), `${offload.join(' and ')}: ${way}`]);
    }
    return told.flatMap(([property, message]): [Property, string][] =>
      property && message ? [[property, message]] : [],
    );
  });
}
