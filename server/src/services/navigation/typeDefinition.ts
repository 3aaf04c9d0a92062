import type { Entity } from '../../language/entity.ts';
import { locationOfEntity } from '../../language/entity.ts';
import type { Location } from '../../language/span.ts';
import { targetOf } from '../../plan/values.ts';
import type { Analysis } from '../analysis.ts';
import { placeAt } from '../place.ts';
import { targetAt } from './definition.ts';

/**
 * The block that a name builds on: the block that it extends, otherwise the model of a deployment, stage or pool, the node
 * of a cluster, or the GPU of a node.
 */
export function typeDefinition(analysis: Analysis, offset: number): Location | undefined {
  const place = placeAt(analysis, offset);
  const target = place && targetAt(analysis, place);
  const entity = target?.kind === 'entity' ? target.entity : undefined;
  const type = entity && typeOf(entity);
  return type && locationOfEntity(type);
}

function typeOf(entity: Entity): Entity | undefined {
  if (entity.base) return entity.base;
  switch (entity.keyword) {
    case 'deployment':
      return targetOf(entity, 'model');
    case 'stage':
    case 'pool':
      return entity.parent && typeOf(deploymentAround(entity));
    case 'cluster':
    case 'group':
      return targetOf(entity, 'node') ?? targetOf(entity, 'gpu');
    case 'node':
      return targetOf(entity, 'gpu');
    default:
      return undefined;
  }
}

function deploymentAround(entity: Entity): Entity {
  return entity.parent && entity.keyword !== 'deployment' ? deploymentAround(entity.parent) : entity;
}
