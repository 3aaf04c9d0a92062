import { groupLimitedDestinations } from '../../../server/src/cost/collectives/destinations.ts';
import {
  type Exchange,
  lowLatencyWith,
  normalLocalWith,
  normalRemoteWith,
  nvlinkPrepare,
  nvlinkWith,
} from '../../../server/src/cost/collectives/expertParallel.ts';
import { collectiveConstants } from '../../../server/src/cost/constants/collectives.ts';
import {
  DEEPEP_MULTIPROCESSORS,
  type LocalConstants,
  type LowLatencyConstants,
  localConstants,
  lowLatencyConstants,
  type NvlinkConstants,
  nvlinkConstants,
  type RemoteConstants,
  remoteConstants,
  type Way,
} from '../../../server/src/cost/constants/expertParallel.ts';
import { familyOf } from '../../../server/src/cost/constants/family.ts';
import { BYTES_PER_ELEMENT, type Experts } from '../../../server/src/plan/model.ts';
import { type CsvRow, number, text } from '../csv.ts';
import { describe, type KernelCase, microseconds, type Unread } from './case.ts';
import { spreadFor } from './collectives.ts';
import { nodeOf } from './machines.ts';
import { numberType } from './types.ts';

type Read<Constants> = KernelCase<Constants> | Unread | undefined;

/** Experts of DeepSeek-V3, which a row that does not state them means. */
const EXPERTS = 256;
/** DeepEP sends fp8 with a scale per 128 elements. */
const SCALED = 1 + 4 / 128;

interface About {
  readonly id: string;
  readonly family: string;
  readonly gpu: string;
  readonly engine: string;
  readonly row: CsvRow;
  readonly way: Way;
  readonly exchange: Exchange;
}

export function readLocal(row: CsvRow, index: number): Read<LocalConstants> {
  const about = normalOf(row, index);
  if (!about || 'reason' in about || about.exchange.spread.domains > 1) return undefined;
  const { way, exchange } = about;
  const seconds = (constants: LocalConstants) =>
    normalLocalWith(constants, exchange, bytesOf(way), way, multiprocessorsOf(row)).seconds;
  return normalCase(about, way, seconds, localConstants(way));
}

export function readRemote(row: CsvRow, index: number): Read<RemoteConstants> {
  const about = normalOf(row, index);
  if (!about || 'reason' in about || about.exchange.spread.domains === 1) return undefined;
  const { way, exchange } = about;
  const seconds = (constants: RemoteConstants) =>
    normalRemoteWith(constants, exchange, bytesOf(way), way, multiprocessorsOf(row)).seconds;
  return normalCase(about, way, seconds, remoteConstants(way));
}

export function readLowLatency(row: CsvRow, index: number): Read<LowLatencyConstants> {
  if (!/low.?latency/i.test(text(row, 'kernel'))) return undefined;
  const about = aboutOf(row, index);
  if (!about || 'reason' in about) return undefined;
  const { way, exchange } = about;
  const measured = microseconds(row);
  if (measured === undefined) return undefined;
  const local = exchange.spread.domains === 1;
  const seconds = (constants: LowLatencyConstants) => lowLatencyWith(constants, exchange, way).seconds;
  return {
    ...common(about, measured),
    predicted: () => seconds(lowLatencyConstants(way, local)),
    trial: { set: `${way} ${local ? 'local' : 'remote'}`, shape: shapeOf(about), seconds },
  };
}

export function readNvlink(row: CsvRow, index: number): Read<NvlinkConstants> {
  const kernel = text(row, 'kernel');
  const kind = /one.?sided/i.test(kernel) ? 'one-sided' : /two.?sided/i.test(kernel) ? 'two-sided' : undefined;
  if (kind === undefined || text(row, 'op').includes('low_precision')) return undefined;
  const about = aboutOf(row, index);
  if (!about || 'reason' in about) return undefined;
  const measured = microseconds(row);
  if (measured === undefined) return undefined;
  const { way, exchange } = about;
  if (text(row, 'op') === 'ep_prepare') {
    return { ...common(about, measured), predicted: () => nvlinkPrepare(exchange.tokens) };
  }
  // Experts give back 16 bits whatever they were given.
  const type = way === 'combine' ? 'bf16' : numberType(text(row, 'dtype'));
  if (type === undefined) return undefined;
  const stated = number(row, 'bytes_per_token');
  const bytes = stated === undefined ? BYTES_PER_ELEMENT[type] : stated / exchange.width;
  const seconds = (constants: NvlinkConstants) => nvlinkWith(constants, exchange, bytes, way).seconds;
  return {
    ...common(about, measured),
    predicted: () => seconds(nvlinkConstants(way, kind)),
    trial: { set: `${way} ${kind}`, shape: shapeOf(about), seconds },
  };
}

/** Whatever the others did not read. */
export function readOtherExchange(row: CsvRow, index: number): Unread | undefined {
  const about = aboutOf(row, index);
  if (about && 'reason' in about) return about;
  const id = describe('expert_parallel.csv', index, row);
  const family = familyOfRow(row);
  const gpu = text(row, 'gpu');
  if (!about) return { id, family, gpu, reason: 'number of tokens or of GPUs is not stated', headline: false };
  const reason = text(row, 'op').includes('low_precision')
    ? 'no engine setting stands for a combine in low precision'
    : 'the kernel, or its unit, is not one that we know';
  return { id, family, gpu, reason, headline: false };
}

function normalOf(row: CsvRow, index: number): About | Unread | undefined {
  const kernel = text(row, 'kernel');
  if (!/deepep/i.test(kernel) || /low.?latency/i.test(kernel)) return undefined;
  return aboutOf(row, index);
}

function normalCase<Constants>(
  about: About,
  set: string,
  seconds: (constants: Constants) => number,
  shipped: Constants,
): Read<Constants> {
  const measured = normalMeasured(about);
  if (measured === undefined) return undefined;
  const aside = asideOf(about);
  return {
    ...common(about, measured),
    ...(aside !== undefined && { aside }),
    predicted: () => seconds(shipped),
    trial: { set, shape: shapeOf(about), seconds },
  };
}

/** Rows that the normal kernels' constants are not fitted to. */
function asideOf({ row, exchange }: About): string | undefined {
  if (/v2/i.test(text(row, 'kernel'))) return 'DeepEP V2, which engines do not ship yet';
  if (exchange.spread.domains >= 8) return 'normal kernels on 8 nodes: the network looks congested';
  return undefined;
}

/** A latency, or DeepEP's bandwidth: bytes for every node (RDMA) or rank (NVLink) that a token goes to, its own included. */
function normalMeasured({ row, way, exchange }: About): number | undefined {
  const latency = microseconds(row);
  if (latency !== undefined) return latency;
  const rate = number(row, 'gb_per_s');
  const unit = text(row, 'bw_kind');
  if (rate === undefined || rate <= 0) return undefined;
  const { experts, ep, spread, tokens, width } = exchange;
  const ranks = /rdma/i.test(unit) ? spread.domains : /nvlink/i.test(unit) ? ep : undefined;
  if (ranks === undefined) return undefined;
  const copies = groupLimitedDestinations(experts.count, experts.topK, ranks, experts.groups, experts.topGroups);
  return (tokens * copies * width * bytesOf(way)) / (rate * 1e9);
}

function bytesOf(way: Way): number {
  return way === 'dispatch' ? SCALED : BYTES_PER_ELEMENT.bf16;
}

function multiprocessorsOf(row: CsvRow): number {
  const stated = number(row, 'sms') ?? Number(/(\d+) SMs/.exec(text(row, 'kernel'))?.[1] ?? Number.NaN);
  return Number.isFinite(stated) && stated > 0 ? stated : DEEPEP_MULTIPROCESSORS;
}

function familyOfRow(row: CsvRow): string {
  return text(row, 'op').includes('combine') ? 'ep-combine' : 'ep-dispatch';
}

function aboutOf(row: CsvRow, index: number): About | Unread | undefined {
  const id = describe('expert_parallel.csv', index, row);
  const gpuName = text(row, 'gpu');
  const family = familyOfRow(row);
  const node = nodeOf(gpuName);
  if (!node) return { id, family, gpu: gpuName, reason: `GPU ${gpuName} is not in the catalogue`, headline: true };
  const ep = number(row, 'ep') ?? number(row, 'num_gpus');
  const tokens = number(row, 'tokens');
  const width = number(row, 'hidden');
  const topK = number(row, 'topk');
  if (!ep || ep < 2 || !tokens || !width || !topK) return undefined;
  const count = number(row, 'experts') ?? EXPERTS;
  const spread = spreadFor(node, ep, number(row, 'num_nodes'));
  if (!spread || topK > count) return undefined;
  return {
    id,
    family,
    gpu: node.gpu.name,
    engine: /trt|nvlink/i.test(text(row, 'kernel')) ? 'trt-llm' : 'deepep',
    row,
    way: family === 'ep-combine' ? 'combine' : 'dispatch',
    exchange: {
      spread,
      constants: collectiveConstants(familyOf(node.gpu)),
      experts: expertsOf(count, topK, number(row, 'topk_groups'), spread.domains),
      ep,
      tokens,
      width,
      dispatchBytes: SCALED,
      combineBytes: BYTES_PER_ELEMENT.bf16,
      imbalance: 1,
    },
  };
}

/** In DeepEP's test the groups are the nodes, of which at most `topGroups` are chosen. */
function expertsOf(count: number, topK: number, topGroups: number | undefined, nodes: number): Experts {
  const limited = topGroups !== undefined && topGroups < nodes;
  return {
    kind: 'moe',
    count,
    topK,
    ffn: 0,
    gated: true,
    bias: false,
    shared: 0,
    sharedFfn: 0,
    sharedGate: false,
    zero: 0,
    groups: limited ? nodes : 1,
    topGroups: limited ? topGroups : 1,
    routerBias: false,
    popularity: { kind: 'uniform' },
  };
}

/** Of one group there is little to hold out but sizes: octaves of tokens. */
function shapeOf({ exchange, row }: About): string {
  const octave = Math.floor(Math.log2(exchange.tokens));
  return exchange.spread.domains === 1 ? `${octave}` : `${exchange.ep} ${text(row, 'sms')}`;
}

function common({ id, family, gpu, engine }: About, measured: number) {
  return { id, family, gpu, engine, measured };
}
