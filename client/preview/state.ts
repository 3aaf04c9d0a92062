import type { PreviewDeployment, PreviewModel, PreviewView } from '../../server/src/services/preview/protocol.ts';

/** Kept by the editor over a reload; the extension reads `uri` to bring the panel back. */
export interface SavedState {
  readonly uri?: string;
  readonly view: PreviewView;
  readonly deployment?: string;
  /** Equal GPUs and layers drawn once. */
  readonly folded: boolean;
}

/** What was saved, or the defaults where it is none of ours. */
export function readSaved(value: unknown): SavedState {
  if (typeof value !== 'object' || value === null) return { view: 'dag', folded: true };
  const uri = 'uri' in value ? value.uri : undefined;
  const view = 'view' in value ? value.view : undefined;
  const deployment = 'deployment' in value ? value.deployment : undefined;
  return {
    view: isView(view) ? view : 'dag',
    folded: !('folded' in value && value.folded === false),
    ...(typeof uri === 'string' && { uri }),
    ...(typeof deployment === 'string' && { deployment }),
  };
}

const VIEWS: readonly unknown[] = [
  'dag',
  'memory',
  'timeline',
  'traffic',
  'compare',
  'whatif',
  'differences',
] satisfies readonly PreviewView[];

function isView(value: unknown): value is PreviewView {
  return VIEWS.includes(value);
}

/** What the views show: one deployment of the model, and why it is not the newest where it is not. */
export interface Shown {
  readonly model: PreviewModel;
  readonly deployment: PreviewDeployment;
  readonly stale?: string;
}

/** Why there is nothing to show. */
export interface Nothing {
  readonly title: string;
  readonly text: string;
}

/** Chooses what to show of the models received so far. */
export class Models {
  private model: PreviewModel | undefined;
  /** The last picture of each deployment, for the time in which one cannot be computed. */
  private readonly lastGood = new Map<string, PreviewDeployment>();

  receive(model: PreviewModel): void {
    if (model.uri !== this.model?.uri) this.lastGood.clear();
    this.model = model;
    for (const deployment of model.deployments) this.lastGood.set(deployment.name, deployment);
  }

  get uri(): string | undefined {
    return this.model?.uri;
  }

  get names(): readonly string[] {
    return this.model?.names ?? [];
  }

  isComputed(name: string): boolean {
    return this.model?.deployments.some((deployment) => deployment.name === name) ?? false;
  }

  show(wanted: string | undefined): Shown | Nothing {
    const { model } = this;
    if (!model) return { title: 'Computing the preview', text: 'The plan is being read.' };
    const name = wanted !== undefined && model.names.includes(wanted) ? wanted : this.firstComputed(model);
    const current = model.deployments.find((deployment) => deployment.name === name);
    if (current) return { model, deployment: current, ...(model.stale !== undefined && { stale: model.stale }) };
    const before = name === undefined ? undefined : this.lastGood.get(name);
    const reason = model.stale ?? `Deployment ${name ?? ''} cannot be computed: see its problems in the editor.`;
    if (before) return { model, deployment: before, stale: reason };
    if (model.names.length === 0 && model.stale === undefined) {
      return {
        title: 'No deployment yet',
        text: 'This file has no deployment block. Write one to see its graph, memory and prediction here.',
      };
    }
    return { title: 'Nothing can be drawn yet', text: reason };
  }

  private firstComputed(model: PreviewModel): string | undefined {
    return model.deployments[0]?.name ?? model.names[0];
  }
}
