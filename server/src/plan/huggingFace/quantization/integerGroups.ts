import type { NumberType } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';
import { int4 } from './compressedTensors.ts';
import {
  type Format,
  isNotRead,
  keptModules,
  leaveNotes,
  type NotRead,
  notRead,
  type Quantization,
  type Rule,
  rulesOf,
} from './format.ts';

/**
 * AWQ and GPTQ: integers in groups of columns with a 16-bit scale each. Groups have 128 columns unless the config says
 * otherwise.
 */
export const INTEGER_GROUPS: Format = {
  methods: ['awq', 'gptq', 'awq_marlin', 'gptq_marlin'],
  read(fields) {
    const bits = fields.optional('bits') ?? fields.optional('w_bit');
    const size = groupSize(fields) ?? 128;
    const type = typeOf(bits, size);
    if (!type) return bits === 4 ? notRead('group_size', size) : notRead('bits', bits);
    const beside = (fields.flag('lm_head') ?? false) ? 'head' : 'nothing';
    const dynamic = dynamicOf(fields, bits, size);
    if (isNotRead(dynamic)) return dynamic;
    const zeroPoints = zeroPointsOf(fields);
    leaveNotes(
      fields,
      `version do_fuse fuse_max_seq_len backend exllama_config use_exllama desc_act static_groups true_sequential
      damp_percent damp_auto_increment model_name_or_path model_file_base_name model_seqlen block_name_to_quantize cache_block_outputs
      checkpoint_format is_marlin_format meta pack_dtype quant_method_version dataset tokenizer module_name_preceding_first_block
      pad_token_id batch_size disable_exllama max_input_length use_cuda_fp16 modules_in_block_to_quantize act_group_aware`,
    );
    return {
      rules: [...keptModules(fields), ...rulesOf(dynamic, beside), { type, modules: 'linear', beside }],
      ...(zeroPoints && { zeroPoints }),
    };
  },
};

/**
 * AWQ has zero points unless it says that it has none, and its kernels read them. GPTQ always stores them (`qzeros`); those of a
 * symmetric one say nothing, and vLLM drops them (layers/quantization: awq.py, gptq.py and kernels/mixed_precision/marlin.py).
 */
function zeroPointsOf(fields: ConfigReader): Quantization['zeroPoints'] {
  const [hasZeroPoint, isSymmetric] = [fields.flag('zero_point'), fields.flag('sym')];
  if (fields.text('quant_method')?.startsWith('gptq')) return isSymmetric === false ? 'loaded' : 'stored';
  return hasZeroPoint === false ? undefined : 'loaded';
}

function groupSize(fields: ConfigReader): number | undefined {
  return fields.optional('group_size') ?? fields.optional('q_group_size');
}

function typeOf(bits: number | undefined, size: number): NumberType | undefined {
  if (bits === 4) return int4(size);
  return bits === 8 ? 'int8' : undefined;
}

/**
 * GPTQModel's `dynamic`: expressions in their order, of which the first that fits decides. With `-:` modules are left out, others
 * have bits and groups of their own (vLLM, layers/quantization/utils/gptq_utils.py, `get_dynamic_override`).
 */
function dynamicOf(
  fields: ConfigReader,
  bits: number | undefined,
  size: number,
): readonly (readonly [string, Rule['type']])[] | NotRead {
  const dynamic = fields.nested('dynamic');
  const pairs: (readonly [string, Rule['type']])[] = [];
  for (const name of dynamic?.names() ?? []) {
    const expression = `re:${name.replace(/^[+-]:/, '')}`;
    const own = dynamic?.nested(name);
    if (name.startsWith('-:')) {
      pairs.push([expression, 'wide']);
      continue;
    }
    const type = typeOf(own?.optional('bits') ?? bits, (own && groupSize(own)) ?? size);
    if (!type) return notRead(`dynamic.${name}`, own?.optional('bits'));
    if (own) leaveNotes(own, 'sym desc_act damp_percent');
    pairs.push([expression, type]);
  }
  return pairs;
}
