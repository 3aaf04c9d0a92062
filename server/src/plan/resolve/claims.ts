import type { Entity, Property } from '../../language/entity.ts';
import type { Expression } from '../../language/tree.ts';
import { UNITS } from '../../language/units.ts';
import type { Claim } from './resolved.ts';

/** The claims of an `expect` or `measured` block, or of a `compare` statement. */
export function claimsOf(properties: Iterable<Property>): readonly Claim[] {
  return [...properties].flatMap((property): Claim[] => {
    const { value } = property;
    if (value.kind !== 'quantity') return [];
    const { tolerance } = property;
    const relative = tolerance?.dimension === 'fraction' && value.dimension !== 'fraction';
    return [
      {
        name: property.spec.name,
        operator: property.operator,
        value: value.value,
        ...(tolerance && { tolerance: relative ? Math.abs(value.value) * tolerance.value : tolerance.value }),
        precision: precisionOf(property.node.value),
        property,
      },
    ];
  });
}

export function claimsOfBlock(entity: Entity | undefined): readonly Claim[] {
  return entity ? claimsOf(entity.properties.values()) : [];
}

/**
 * Half a unit of the last written digit in base units: `8.3 ms` means 8.25..8.35 ms. A whole number without a unit and
 * arithmetic are exact.
 */
function precisionOf(expression: Expression): number {
  if (expression.kind !== 'number') return 0;
  const unit = expression.unit && UNITS.get(expression.unit.text);
  if (!unit) return 0;
  const decimals = (String(expression.value).split('.')[1] ?? '').length;
  return 0.5 * 10 ** -decimals * unit.factor;
}
