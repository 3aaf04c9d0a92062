import type {
  FoldedPicture,
  ListPatch,
  PreviewModel,
  PreviewPicture,
  PreviewTopology,
  Reference,
  SentFoldedPicture,
  SentModel,
  SentPicture,
  TopologyPatch,
} from './protocol.ts';

/** Number of pictures whose last topology is kept, so that the next can be sent as changes. */
const MOST_KEPT = 64;

/**
 * Leaves out of a message what the page says it has. The kept topologies only make messages shorter: without them, as after
 * a start, messages are complete.
 */
export class PictureSender {
  private readonly last = new Map<string, PreviewTopology>();

  /** `digests` are those of the topologies and positions that the page has. */
  model(model: PreviewModel, digests: ReadonlySet<string>): SentModel {
    return {
      ...model,
      deployments: model.deployments.map(({ overview, ...deployment }) => {
        const name = `${model.uri} ${deployment.name}`;
        return {
          ...deployment,
          ...this.picture(`${name} detailed`, deployment, digests),
          ...(overview && { overview: this.picture(`${name} overview`, overview, digests) }),
        };
      }),
    };
  }

  folded(uri: string, deployment: string, answer: FoldedPicture, digests: ReadonlySet<string>): SentFoldedPicture {
    if (!('picture' in answer)) return answer;
    return { picture: this.picture(`${uri} ${deployment} folded`, answer.picture, digests) };
  }

  private picture(name: string, { topology, positions }: PreviewPicture, digests: ReadonlySet<string>): SentPicture {
    const before = this.last.get(name);
    this.last.delete(name);
    this.last.set(name, topology);
    for (const old of this.last.keys()) {
      if (this.last.size <= MOST_KEPT) break;
      this.last.delete(old);
    }
    const reference = ({ digest }: { readonly digest: string }): Reference => ({ digest, known: true });
    return {
      topology: digests.has(topology.digest)
        ? reference(topology)
        : before && digests.has(before.digest)
          ? patchOf(before, topology)
          : topology,
      positions: digests.has(positions.digest) ? reference(positions) : positions,
    };
  }
}

function patchOf(before: PreviewTopology, after: PreviewTopology): TopologyPatch {
  return {
    digest: after.digest,
    base: before.digest,
    nodes: listPatch(before.nodes, after.nodes),
    edges: listPatch(before.edges, after.edges),
    groups: listPatch(before.groups, after.groups),
  };
}

function listPatch<Item extends { readonly id: string }>(
  before: readonly Item[],
  after: readonly Item[],
): ListPatch<Item> {
  const texts = new Map(before.map((item) => [item.id, JSON.stringify(item)]));
  const isInOrder = before.length === after.length && after.every(({ id }, index) => id === before[index]?.id);
  return {
    ...(!isInOrder && { order: after.map(({ id }) => id) }),
    changed: after.filter((item) => texts.get(item.id) !== JSON.stringify(item)),
  };
}
