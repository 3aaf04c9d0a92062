import type { NumberType } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';
import {
  cacheType,
  type Format,
  isNotRead,
  keptModules,
  leaveNotes,
  type NotRead,
  notRead,
  type Quantization,
  type Rule,
  rulesOf,
  SCHEME_NOTES,
} from './format.ts';
import { isBlock } from './fp8.ts';

/**
 * compressed-tensors (llm-compressor): groups of modules, each with a scheme. A target is a class of modules, a name or a
 * regular expression; what `ignore` lists is left out of all groups.
 */
export const COMPRESSED_TENSORS: Format = {
  methods: ['compressed-tensors', 'compressed_tensors'],
  read(fields) {
    const groups = groupRules(fields);
    if (isNotRead(groups)) return groups;
    const kv = cacheType(fields);
    if (kv && typeof kv !== 'string') return kv;
    const sparsity = fields.nested('sparsity_config');
    if (sparsity && sparsity.names().length > 0 && sparsity.text('format') !== 'dense')
      return notRead('sparsity_config', sparsity.text('format'));
    fields.leave('sparsity_config');
    leaveNotes(fields, 'format quantization_status global_compression_ratio version transform_config');
    return { ...groups, rules: [...keptModules(fields), ...groups.rules], ...(kv && { kv }) };
  },
};

/** Classes of modules that are known. */
const CLASSES: ReadonlyMap<string, 'linear' | 'embedding'> = new Map([
  ['Linear', 'linear'],
  ['torch.nn.Linear', 'linear'],
  ['LinearBase', 'linear'],
  ['Embedding', 'embedding'],
  ['torch.nn.Embedding', 'embedding'],
]);

/**
 * The rules of `config_groups`. All names and expressions, of whatever group, are tried before any class of modules, and a target
 * that two groups have is that of the later one (vLLM, compressed_tensors/utils.py, `find_matched_target`, over the keys of
 * `target_scheme_map`).
 */
export function groupRules(fields: ConfigReader): Pick<Quantization, 'rules' | 'zeroPoints'> | NotRead {
  const groups = fields.nested('config_groups');
  const names = groups?.names() ?? [];
  if (!groups || names.length === 0) return notRead('config_groups', fields.any('config_groups'));
  const types = new Map<string, NumberType>();
  const areSymmetric = new Set<boolean>();
  for (const name of names) {
    const group = groups.nested(name);
    const weights = group?.nested('weights');
    if (!group || !weights) return notRead(`config_groups.${name}.weights`, group?.any('weights'));
    const type = typeOf(weights, name);
    if (typeof type !== 'string') return type;
    const isSymmetric = weights.flag('symmetric') ?? true;
    if (type.startsWith('int4')) areSymmetric.add(isSymmetric);
    leaveNotes(group, 'format input_activations output_activations');
    for (const target of group.has('targets') ? group.texts('targets') : ['Linear']) types.set(target, type);
  }
  if (areSymmetric.size > 1)
    return { notRead: '`symmetric` of its quantization is another one in another group, which is not read yet' };
  const classes = [...types].flatMap(([target, type]): Rule[] => {
    const modules = CLASSES.get(target);
    return modules ? [{ type, modules, beside: 'head' }] : [];
  });
  return {
    rules: [...rulesOf([...types].filter(([target]) => !CLASSES.has(target))), ...classes],
    // `weight_zero_point`, which kernels read (vLLM, compressed_tensors/schemes/compressed_tensors_wNa16.py).
    ...(areSymmetric.has(false) && { zeroPoints: 'loaded' as const }),
  };
}

function typeOf(weights: ConfigReader, group: string): NumberType | NotRead {
  leaveNotes(weights, SCHEME_NOTES);
  const bits = weights.optional('num_bits');
  const kind = weights.text('type') ?? 'int';
  const strategy = weights.text('strategy');
  const size = weights.optional('group_size');
  const block = weights.any('block_structure');
  const type = bits === 8 ? ofEightBits(kind, strategy, size, block) : bits === 4 ? ofFourBits(kind, size) : undefined;
  const scheme = {
    num_bits: bits,
    type: kind,
    strategy,
    group_size: weights.any('group_size'),
    block_structure: block,
  };
  return type ?? notRead(`config_groups.${group}.weights`, scheme);
}

function ofEightBits(
  kind: string,
  strategy: string | undefined,
  size: number | undefined,
  block: unknown,
): NumberType | undefined {
  // A scale per output channel adds a thousandth to int8, which has no type of its own for it.
  if (kind === 'int') return size === undefined || size === 0 ? 'int8' : undefined;
  if (kind !== 'float') return undefined;
  if (block !== undefined) return isBlock(block, 128, 128) || block === '128x128' ? 'fp8-block' : undefined;
  if (strategy === 'channel') return 'fp8-channel';
  if (size === 32) return 'mxfp8';
  return size === undefined && (strategy === undefined || strategy === 'tensor') ? 'fp8' : undefined;
}

function ofFourBits(kind: string, size: number | undefined): NumberType | undefined {
  if (kind === 'float') return size === 16 ? 'nvfp4' : size === 32 ? 'mxfp4' : undefined;
  return kind === 'int' ? int4(size) : undefined;
}

/** int4 by the size of the groups that share a scale. */
export function int4(size: number | undefined): NumberType | undefined {
  return size === undefined ? undefined : INT4_GROUPS[String(size)];
}

const INT4_GROUPS: Readonly<Partial<Record<string, NumberType>>> = { 32: 'int4', 64: 'int4-64', 128: 'int4-128' };
