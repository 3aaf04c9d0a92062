import { GPU_FAMILIES } from './gpuFamilies.ts';
import type { BlockSpec } from './spec.ts';
import {
  alsoKnownAs,
  atLeastOne,
  choice,
  duration,
  integer,
  MOST_GPUS,
  notNegative,
  positiveAmount,
  positiveRate,
  property,
  quantity,
  reference,
  upTo,
} from './types.ts';

export const HARDWARE_BLOCKS: readonly BlockSpec[] = [
  {
    keyword: 'gpu',
    parents: ['file'],
    naming: 'required',
    extendable: true,
    doc: 'An accelerator: memory, bandwidth and dense peak rates.',
    properties: [
      property('family', choice(GPU_FAMILIES), 'What the GPU is: whose measured constants hold for it.', 'hopper', {
        default: 'the nearest by the types it computes in, with wide bands',
        details:
          'Times of kernels and collectives rest on measurements of a family. A GPU that `extends` another is of its family; its name decides nothing.',
      }),
      property('memory', quantity('bytes'), 'Memory of one GPU.', '80 GiB', { required: true, ...positiveAmount }),
      property(
        'driver-memory',
        quantity('bytes'),
        'Memory that the driver reports to an engine, which counts its share of that.',
        '79.19 GiB',
        { ...positiveAmount, default: '`memory`; where a GPU changes only `memory` of another, the same share of it' },
      ),
      property('bandwidth', quantity('bytes/s'), 'Memory bandwidth.', '3.35 TB/s', { required: true, ...positiveRate }),
      property('bf16', quantity('FLOP/s'), 'Dense peak in bf16 and fp16.', '989 TFLOP/s', {
        required: true,
        ...positiveRate,
      }),
      property('fp8', quantity('FLOP/s'), 'Dense peak in fp8.', '1979 TFLOP/s', positiveRate),
      property('fp4', quantity('FLOP/s'), 'Dense peak in fp4.', '9000 TFLOP/s', positiveRate),
      property('int8', quantity('FLOP/s'), 'Dense peak in int8.', '1979 TFLOP/s', positiveRate),
      property('fp32', quantity('FLOP/s'), 'Dense peak in fp32.', '67 TFLOP/s', positiveRate),
      property('multiprocessors', integer, 'Streaming multiprocessors or compute units.', '132', atLeastOne),
      property('price', quantity('price/h'), 'Price of one GPU hour; yours to set.', '2.50 USD/h', notNegative),
      alsoKnownAs(
        'known-as',
        'Other names of it, such as what the driver prints.',
        '["H100", "NVIDIA H100 80GB HBM3"]',
      ),
    ],
    example: 'gpu H100-SXM {\n  memory = 80 GiB\n  bandwidth = 3.35 TB/s\n  bf16 = 989 TFLOP/s\n}',
  },
  {
    keyword: 'node',
    parents: ['file'],
    naming: 'required',
    extendable: true,
    doc: 'A machine: its GPUs, the fabric between them and the way out.',
    details:
      'Bandwidths are per GPU and in one direction. `domain` is larger than `gpus` where several machines share one scale-up fabric (72 for the trays of an NVL72 rack), and smaller where it joins only some GPUs of a machine (2 for pairs with a bridge). A machine of one GPU needs neither `scale-up` nor `scale-out`.',
    properties: [
      property('gpu', reference('gpu'), 'The kind of GPU.', 'H100-SXM', { required: true }),
      property('gpus', integer, 'GPUs per node.', '8', { required: true, ...upTo(MOST_GPUS) }),
      property('tray', integer, 'GPUs of one host, where a node is a rack of several.', '4', {
        ...upTo(MOST_GPUS),
        default: '`gpus`',
      }),
      property('domain', integer, 'GPUs in one scale-up domain.', '72', { ...upTo(MOST_GPUS), default: '`gpus`' }),
      property('scale-up', quantity('bytes/s'), 'Scale-up bandwidth per GPU, one direction.', '450 GB/s', {
        required: {
          unless: 'gpus = 1',
          holds: (numberOf) => (numberOf('domain') ?? numberOf('gpus')) === 1,
        },
        ...positiveRate,
      }),
      property('scale-up-latency', quantity('seconds'), 'Latency of one scale-up hop.', '2 us', duration),
      property(
        'topology',
        choice({ switch: 'Every pair has the full bandwidth.', mesh: "Each GPU's links are spread over its peers." }),
        'Shape of the scale-up fabric.',
        'switch',
        { default: 'switch' },
      ),
      property('scale-out', quantity('bytes/s'), 'Network bandwidth per GPU, one direction.', '50 GB/s', positiveRate),
      property('scale-out-latency', quantity('seconds'), 'Latency of one network hop.', '5 us', duration),
      property(
        'price',
        quantity('price/h'),
        'Price of one GPU hour in this node; yours to set.',
        '2.50 USD/h',
        notNegative,
      ),
      alsoKnownAs('known-as', 'Other names of it.', '["8xH100", "HGX-H100"]'),
    ],
    example: 'node DGX-H100 { gpu = H100-SXM, gpus = 8, scale-up = 450 GB/s, scale-out = 50 GB/s }',
  },
  {
    keyword: 'cluster',
    parents: ['file'],
    naming: 'required',
    extendable: true,
    doc: 'The machines: one kind of node, loose GPUs, or several groups. GPUs are numbered through, node by node.',
    details:
      '`cluster one { gpu = H100-SXM }` is one GPU. Of several loose GPUs none reaches another: each is a replica, or they need a `node` that links them. `count` counts nodes, so two DGX-H100 are 16 GPUs and one GB200-NVL72 is a rack of 72.',
    properties: [
      property('node', reference('node'), 'The kind of node.', 'DGX-H100'),
      property('gpu', reference('gpu'), 'The kind of loose GPU, instead of a node.', 'H100-SXM'),
      property('count', integer, 'Number of nodes, or of loose GPUs.', '2', { ...upTo(MOST_GPUS), default: '1' }),
      property('oversubscription', quantity('number'), 'Scale-out bandwidth is divided by this between racks.', '2', {
        ...atLeastOne,
        default: '1',
      }),
      property('rack', integer, 'Nodes per rack.', '4', { ...upTo(MOST_GPUS), default: 'one rack' }),
      property('price', quantity('price/h'), 'Price of one GPU hour; yours to set.', '2.50 USD/h', notNegative),
    ],
    example: 'cluster my-cluster {\n  node = DGX-H100\n  count = 2\n}',
  },
  {
    keyword: 'group',
    parents: ['cluster'],
    naming: 'required',
    doc: 'A group of equal nodes, or of loose GPUs, in a mixed cluster.',
    properties: [
      property('node', reference('node'), 'The kind of node.', 'DGX-H100'),
      property('gpu', reference('gpu'), 'The kind of loose GPU, instead of a node.', 'H100-SXM'),
      property('count', integer, 'Number of nodes, or of loose GPUs.', '2', { required: true, ...upTo(MOST_GPUS) }),
    ],
    example: 'group old { node = DGX-A100, count = 4 }',
  },
];
