import type { Rule } from '../../language/diagnostic.ts';
import { type Entity, locationOfEntity } from '../../language/entity.ts';
import { notCounted, notShipped, shippedOf } from '../../plan/huggingFace/shipped.ts';
import type { Model } from '../../plan/model.ts';
import { weightsFigure } from '../figures/memory.ts';
import { formatFigure } from '../format.ts';
import { storedBytes } from '../parameters/checkpoint.ts';

/** What the rules of models see: a `model` block and what it resolves to. */
export interface ModelContext {
  readonly entity: Entity;
  readonly model: Model;
}

/**
 * The order of columns of GPTQ (`g_idx`), a scale for each tensor and fp32 vectors are not counted. Of a checkpoint they are less
 * than this part.
 */
const TOLERANCE = 0.01;

/** Kinds of tensors that are named. */
const MOST_NAMED = 3;

/**
 * A checkpoint holds more or fewer bytes than are counted of it.
 *
 * `model.safetensors.index.json` beside a config says how large all tensors are together, and names each. Where it lies there, it
 * decides whether prediction modules and an output head are shipped. When its size and the count still differ by more than one
 * percent, something is stored that is not counted, or in another type than the config says, and every figure of memory is as
 * wrong.
 *
 * ## Not so
 * ```moeplan
 * model mine from "checkpoint"     // half of it is tensors that the config says nothing of
 * ```
 *
 * ## But so
 * ```moeplan
 * model mine from "checkpoint" { types { experts = nvfp4 } }
 * ```
 *
 * ## How to fix it
 * Say in the braces what the config leaves out: types, the size of the vision tower, prediction modules. Or correct the index, if
 * it is one of another checkpoint.
 */
export const checkpointDiffers: Rule<ModelContext> = {
  name: 'checkpoint-differs',
  family: 'memory',
  severity: 'warning',
  summary: 'The index of a checkpoint has another size than the count of its config.',
  check({ entity, model }, report) {
    const shipped = entity.config?.index && shippedOf(entity.config.index);
    // What stands in the braces is meant to differ.
    if (shipped?.bytes === undefined || entity.node.items.length > 0 || entity.base) return;
    // That a vision tower is not counted has been told.
    if (shipped.hasOtherInputs && model.visionBytes === 0) return;
    const counted = storedBytes(model, shipped.hasHead);
    if (Math.abs(counted / shipped.bytes - 1) <= TOLERANCE) return;
    const isMore = shipped.bytes > counted;
    const why = isMore
      ? inWords('nothing is counted of', notCounted(shipped))
      : inWords('there is none of', notShipped(shipped, model));
    const [has, count] = [shipped.bytes, counted].map((bytes) => formatFigure(weightsFigure(bytes)));
    report({
      ...locationOfEntity(entity),
      message: `its \`model.safetensors.index.json\` has ${has} of tensors, ${isMore ? 'more' : 'less'} than the ${count} counted from its config: ${why ?? 'its types may be others than the config says'}; write the difference into the braces`,
    });
  },
};

/** Modules of a list in words; undefined for none. */
function inWords(what: string, modules: readonly string[]): string | undefined {
  if (modules.length === 0) return undefined;
  const named = modules.slice(0, MOST_NAMED).map((module) => `\`${module}\``);
  return `${what} ${named.join(', ')}${modules.length > MOST_NAMED ? ' and others' : ''}`;
}
