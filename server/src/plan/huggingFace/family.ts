import type { Attention, GroupedQueryAttention, LinearAttention } from '../attention.ts';
import type { CheckpointExtras, DenseFeedForward, Experts, LayerClass, Model, NumberType, Residual } from '../model.ts';
import type { ConfigReader } from './configReader.ts';
import type { StateModule } from './quantization/modules.ts';

/**
 * An architecture by its `model_type`: what its code fixes and its config has no field for, the names of its fields, and
 * the functions that read what only it has. Everything that is known of an architecture stands in its declaration, below
 * `families/`: the count of parameters, the cache, and what is refused follow from it. The parameters that are counted
 * from a config equal a published total to the integer (the tests name it), or a count by hand from the reference code.
 */
export interface Family {
  readonly known?: ArchitectureNotes;
  /** Fields that the architecture names differently: the name that is read here, then its own. */
  readonly names?: Readonly<Record<string, string>>;
  /** Values that the architecture's code uses when a config leaves them out. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Fields that are read with this value only, because another value changes shapes in a way that is not computed. */
  readonly only?: Readonly<Record<string, unknown>>;
  /** Fields of this architecture that have no effect on shapes. */
  readonly irrelevant?: string;
  /** Fields under the names that are read here, where the architecture nests them. */
  readonly unnest?: (read: ConfigReader) => Json;

  /** Whether head and embedding share a table when the config does not say. False by default. */
  readonly tied?: boolean;
  /** Norm vectors of a layer with attention and feed-forward network, and after the last layer. 2 and 1 by default. */
  readonly norms?: number;
  readonly finalNorms?: number;

  /** Latent attention instead of grouped-query attention; `indexed` ones choose their keys. */
  readonly latent?: 'plain' | 'indexed';
  /** Biases on q, k, v that the config has no field for. */
  readonly qkvBias?: boolean;
  readonly outputBias?: boolean;
  readonly qkNorm?: QkNorm;
  /** What `use_qk_norm` switches on. By default a norm of each head. */
  readonly flaggedQkNorm?: QkNorm;
  readonly sinks?: boolean;
  readonly outputGate?: boolean;
  /** Every n-th layer attends to everything. The others attend within windows or chunks. */
  readonly fullEvery?: number;
  /** Its code has windows (`sliding_window`), in all layers where nothing else says which. What follows means that too. */
  readonly windows?: boolean;
  /** Windows are used only where `use_sliding_window` says so. Where it is absent other families use them. */
  readonly windowsFlagged?: boolean;
  /** Where no list says it, layers from `max_window_layers` on have the window, and those before attend to everything. */
  readonly windowsLast?: boolean;
  /** Its linear-attention or state-space layers. */
  readonly linear?: (read: ConfigReader, hidden: number) => LinearAttention | undefined;
  /** All its kinds of attention, where they are others than grouped-query, latent, windowed and linear attention. */
  readonly attention?: (context: AttentionContext) => AttentionParts | undefined;
  /** The kind of attention of each layer where other fields than `layer_types` or an interval say it. */
  readonly kinds?: (read: ConfigReader, count: number, parts: AttentionParts) => LayerKinds | undefined;

  /** Its networks, where they are not one kind of experts and one dense network. */
  readonly feedForward?: (read: ConfigReader, hidden: number) => FeedForwardParts | undefined;
  readonly sharedGate?: boolean;
  readonly routerBias?: boolean;
  readonly expertBias?: boolean;
  /** Biases on dense feed-forward networks. */
  readonly ffnBias?: boolean;
  /** Feed-forward networks of two matrices instead of three. */
  readonly plainFfn?: boolean;
  /** With fewer experts than this a layer is a plain network without a router. 1 by default. */
  readonly fewestExperts?: number;
  /** `intermediate_size` is the width of an expert, not of a dense layer. */
  readonly expertsUseFfn?: boolean;
  /** Layers without experts have a network as wide as an expert. */
  readonly denseUseFfn?: boolean;
  /** Width of a dense layer, in hidden widths, where the config leaves it out. */
  readonly defaultFfn?: number;
  /** Shared experts, as wide as a routed one, that every MoE layer has although the config does not say so. */
  readonly shared?: number;
  /** The config states the width of one shared expert. Others that state a width mean all of them together. */
  readonly sharedWidthIsEach?: boolean;
  /** A dense network of the hidden width runs beside the experts. */
  readonly residualFfn?: boolean;
  /** A layer has two attentions and two dense networks. The experts stand beside the first dense network. */
  readonly shortcut?: boolean;
  /** Networks of which only this architecture knows more than widths and counts. Undefined where a size is missing. */
  readonly networks?: (read: ConfigReader, parts: FeedForwardParts) => FeedForwardParts | undefined;
  /** Which layers have experts, where other fields than those of most architectures say it. */
  readonly sparse?: (read: ConfigReader, count: number) => IsSparse | undefined;
  /** Of how many first layers a table of token ids chooses the experts; undefined where the config is not understood. */
  readonly hashed?: (read: ConfigReader, count: number) => number | undefined;
  /** What runs through its layers where that is more than one stream. */
  readonly residual?: (read: ConfigReader, hidden: number) => Residual | undefined;
  /** Type of the cache in which engines keep it whatever its checkpoint is stored in. */
  readonly cache?: NumberType;
  /** Where its checkpoints keep the projections of layers with linear attention, other than in `linear_attn`. */
  readonly states?: StateModule;
  /** All its layers, where they are not one attention and one network each. */
  readonly layers?: (read: ConfigReader, context: LayersContext) => Layout | undefined;

  /** Prediction modules that some checkpoints of this architecture store although their configs do not say so. */
  readonly unstatedMtp?: number;
  /** Norm vectors of a prediction module beside its layer. 3 by default. */
  readonly mtpNorms?: number;
  /** The layer of its prediction modules, where it is not like the model's last one. */
  readonly mtpLayer?: (read: ConfigReader, context: LayersContext) => LayerClass | undefined;
  /** Copies of embedding and head in each prediction module of the checkpoint. */
  readonly copiedTables?: number;
  /** What its checkpoints hold beside what is computed with. */
  readonly extras?: (read: ConfigReader, layers: number, hidden: number) => Partial<CheckpointExtras>;
  /** Some checkpoints of this architecture store `hidden / heads / 2` rotary frequencies in each layer. */
  readonly storesRotary?: boolean;
  /** Why a config of this architecture is not read; undefined where it is. */
  readonly refused?: (read: ConfigReader) => string | undefined;
  /** The stated length is that behind the scaling of positions. */
  readonly statesScaledLength?: boolean;
}

/** What the tables of the documentation say of an architecture. */
export interface ArchitectureNotes {
  /** The models that have it, as people call them. */
  readonly models: string;
  /** A model with the total that its maker, the hub or its index of tensors states; the tests hold the count to it. */
  readonly published?: { readonly model: string; readonly total: number };
  /** A model with the rounded total that its maker states, where no exact one is known. */
  readonly stated?: { readonly model: string; readonly total: string };
  /** The reference code that the count was derived from. */
  readonly source: string;
}

/** An outer architecture, whose config holds a text model and what turns pictures, sounds or films into tokens. */
export interface Wrapper {
  readonly known?: ArchitectureNotes;
  /** The config of the text model; nothing where the file has none. */
  readonly text: (outer: ConfigReader) => ConfigReader | undefined;
  readonly irrelevant?: string;
  /** Whether head and embedding share a table when the outer config does not say: what the text config says is not asked. */
  readonly tied?: boolean;
  /** Sizes that the outer config repeats; they must be those of the text config. */
  readonly repeats?: readonly string[];
  /** The config that says whether they do, where it is not the outermost. */
  readonly headConfig?: (outer: ConfigReader) => ConfigReader | undefined;
  /** Parameters of everything beside the text model, into a text model of width `hidden`. Undefined where they are not known. */
  readonly tower?: (outer: ConfigReader, hidden: number) => number | undefined;
  /** Parameters of modules that servers of text do not load. Undefined where a size is missing. */
  readonly apart?: (outer: ConfigReader, hidden: number) => number | undefined;
}

/** What one file below `families/` declares, by `model_type`. */
export type Families = Readonly<Record<string, Family | Wrapper>>;

export function isWrapper(architecture: Family | Wrapper): architecture is Wrapper {
  return 'text' in architecture;
}

export type QkNorm = 'none' | 'head' | 'all-heads';

export type Json = Readonly<Record<string, unknown>>;

/** The kinds of attention that the layers of a config are made of. A family may have kinds of its own. */
export interface AttentionParts {
  readonly full: Attention;
  /** Sliding or chunked attention. */
  readonly local?: GroupedQueryAttention;
  readonly linear?: LinearAttention;
  /** Attention of the prediction modules, where it is not that of the last layer. */
  readonly mtp?: Attention;
  readonly [kind: string]: Attention | undefined;
}

export interface AttentionContext {
  readonly read: ConfigReader;
  readonly family: Family;
  readonly hidden: number;
  readonly heads: number;
}

/** For each layer a key of the parts; undefined for a layer of a kind that is not known. */
export type LayerKinds = readonly (string | undefined)[];

export type IsSparse = (layer: number) => boolean;

export interface FeedForwardParts {
  readonly moe?: Experts;
  readonly dense?: DenseFeedForward;
}

export type Layout = Pick<Model, 'classes' | 'layers' | 'mtpLayer'>;

export interface LayersContext {
  readonly hidden: number;
  readonly count: number;
  readonly attention: AttentionParts;
  readonly feedForward: FeedForwardParts;
  readonly family: Family;
}
