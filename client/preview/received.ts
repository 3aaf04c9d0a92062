import type {
  ListPatch,
  PreviewModel,
  PreviewPicture,
  PreviewPositions,
  PreviewTopology,
  SentModel,
  SentPicture,
} from '../../server/src/services/preview/protocol.ts';

/** The parts of pictures that this page has, by their digests. Messages leave them out. */
export class ReceivedParts {
  private topologies = new Map<string, PreviewTopology>();
  private positions = new Map<string, PreviewPositions>();

  /** The whole model; undefined where it builds on a part that is not here, so that it must be requested again. */
  model(sent: SentModel): PreviewModel | undefined {
    const deployments: PreviewModel['deployments'][number][] = [];
    for (const { overview, ...deployment } of sent.deployments) {
      const detailed = this.picture(deployment);
      const folded = overview && this.picture(overview);
      if (!detailed || (overview && !folded)) return undefined;
      deployments.push({ ...deployment, ...detailed, ...(folded && { overview: folded }) });
    }
    return { ...sent, deployments };
  }

  picture({ topology: sentTopology, positions: sentPositions }: SentPicture): PreviewPicture | undefined {
    const topology = this.topology(sentTopology);
    const positions = 'known' in sentPositions ? this.positions.get(sentPositions.digest) : sentPositions;
    if (!topology || !positions) return undefined;
    this.topologies.set(topology.digest, topology);
    this.positions.set(positions.digest, positions);
    return { topology, positions };
  }

  /** Drops what no picture uses any more. */
  keepOnly(pictures: readonly PreviewPicture[]): void {
    this.topologies = new Map(pictures.map(({ topology }) => [topology.digest, topology]));
    this.positions = new Map(pictures.map(({ positions }) => [positions.digest, positions]));
  }

  private topology(sent: SentPicture['topology']): PreviewTopology | undefined {
    if ('known' in sent) return this.topologies.get(sent.digest);
    if (!('base' in sent)) return sent;
    const base = this.topologies.get(sent.base);
    const nodes = base && patched(base.nodes, sent.nodes);
    const edges = base && patched(base.edges, sent.edges);
    const groups = base && patched(base.groups, sent.groups);
    return nodes && edges && groups && { digest: sent.digest, nodes, edges, groups };
  }
}

/** The new list; undefined where the patch names an item that neither the patch nor the old list has. */
function patched<Item extends { readonly id: string }>(
  itemsBefore: readonly Item[],
  { order, changed }: ListPatch<Item>,
): readonly Item[] | undefined {
  const items = new Map([...itemsBefore, ...changed].map((item) => [item.id, item]));
  const ids = order ?? itemsBefore.map(({ id }) => id);
  const itemsAfter = ids.flatMap((id) => items.get(id) ?? []);
  return itemsAfter.length === ids.length ? itemsAfter : undefined;
}
