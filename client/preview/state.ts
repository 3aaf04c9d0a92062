import type {
  Folds,
  PreviewDeployment,
  PreviewModel,
  PreviewPicture,
  SentFoldedPicture,
  SentModel,
} from '../../server/src/services/preview/protocol.ts';
import { isView, type PreviewView } from '../../server/src/services/preview/views.ts';
import { type DagPlaces, readPlaces } from './dag/places.ts';
import { LIST_WIDTHS } from './dag/splitter.ts';
import type { DagChoice } from './dag/view.ts';
import { ReceivedParts } from './received.ts';
import { readSearchPlace, type SearchPlace } from './search/place.ts';
import { readTimelinePlace, type TimelinePlace } from './timeline/place.ts';
import { readTrial, type Trial } from './whatif/trial.ts';

/** The editor keeps this over a reload. The extension reads `uri` to bring the panel back. */
export interface SavedState {
  readonly uri?: string;
  readonly view: PreviewView;
  readonly deployment?: string;
  readonly dag: DagChoice;
  readonly places: DagPlaces;
  /** The base of the differences that are shown, as their view names it. */
  readonly base?: string;
  readonly tried?: Trial;
  readonly searched?: SearchPlace;
  readonly timeline?: TimelinePlace;
}

/** The saved state. Parts that are missing or of another form have their defaults. */
export function readSaved(value: unknown): SavedState {
  if (typeof value !== 'object' || value === null) return { view: 'time', dag: readDag({}), places: {} };
  const uri = 'uri' in value ? value.uri : undefined;
  const view = 'view' in value ? value.view : undefined;
  const deployment = 'deployment' in value ? value.deployment : undefined;
  const base = 'base' in value ? value.base : undefined;
  const tried = 'tried' in value ? readTrial(value.tried) : undefined;
  const searched = 'searched' in value ? readSearchPlace(value.searched) : undefined;
  const timeline = 'timeline' in value ? readTimelinePlace(value.timeline) : undefined;
  return {
    view: isView(view) ? view : 'time',
    dag: readDag(value),
    places: 'places' in value ? readPlaces(value.places) : {},
    ...(typeof uri === 'string' && { uri }),
    ...(typeof base === 'string' && { base }),
    ...(tried && { tried }),
    ...(searched && { searched }),
    ...(timeline && { timeline }),
    ...(typeof deployment === 'string' && { deployment }),
  };
}

function readDag(value: object): DagChoice {
  const width = 'listWidth' in value && typeof value.listWidth === 'number' ? value.listWidth : LIST_WIDTHS.initial;
  return {
    folded: !('folded' in value && value.folded === false),
    folds: 'folds' in value ? readFolds(value.folds) : {},
    heat: 'heat' in value && (value.heat === 'bytes' || value.heat === 'memory') ? value.heat : 'time',
    list: !('list' in value && value.list === false),
    listWidth: width >= LIST_WIDTHS.least && width <= LIST_WIDTHS.most ? width : LIST_WIDTHS.initial,
  };
}

function readFolds(value: unknown): DagChoice['folds'] {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).flatMap(([name, folds]: readonly [string, unknown]) => {
    if (typeof folds !== 'object' || folds === null || !('opened' in folds && 'closed' in folds)) return [];
    const { opened, closed } = folds;
    return isTexts(opened) && isTexts(closed) ? [[name, { opened, closed }] as const] : [];
  });
  return Object.fromEntries(entries);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

/** What the views show: one deployment of the model and, if it is not the newest, the reason. */
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

export interface OpenedPicture {
  readonly folds: Folds;
  readonly picture: PreviewPicture;
}

/** Chooses what to show of the models received so far. */
export class Models {
  private model: PreviewModel | undefined;
  /** The last picture of each deployment, shown while none can be computed. */
  private readonly lastGood = new Map<string, PreviewDeployment>();
  /** Pictures with groups opened, by deployment. */
  private readonly opened = new Map<string, OpenedPicture>();
  private readonly parts = new ReceivedParts();

  /** False where the model builds on parts that are not here. Then it must be requested again. */
  receive(sent: SentModel): boolean {
    const model = this.parts.model(sent);
    if (!model) return false;
    const isSameFile = model.uri === this.model?.uri;
    if (!isSameFile) {
      this.lastGood.clear();
      this.opened.clear();
    }
    // While a text is broken, the last picture stays, greyed, with the reason.
    const keepsLast = model.stale !== undefined && model.deployments.length === 0 && isSameFile;
    this.model = keepsLast && this.model ? { ...this.model, version: model.version, ...stale(model) } : model;
    for (const deployment of model.deployments) this.lastGood.set(deployment.name, deployment);
    // A name that is typed letter by letter leaves one deployment behind with each letter.
    const names = new Set(this.model.names);
    for (const keptByName of [this.lastGood, this.opened])
      for (const name of keptByName.keys()) if (!names.has(name)) keptByName.delete(name);
    this.prune();
    return true;
  }

  receiveFolded(deployment: string, folds: Folds, answer: SentFoldedPicture): boolean {
    if ('refused' in answer) return true;
    const picture = this.parts.picture(answer.picture);
    if (!picture) return false;
    this.opened.set(deployment, { folds, picture });
    this.prune();
    return true;
  }

  /** The newest picture of a deployment with groups opened. */
  openedOf(deployment: string): OpenedPicture | undefined {
    return this.opened.get(deployment);
  }

  private prune(): void {
    const deployments = [...this.lastGood.values()];
    this.parts.keepOnly([
      ...deployments,
      ...deployments.flatMap(({ overview }) => overview ?? []),
      ...[...this.opened.values()].map(({ picture }) => picture),
    ]);
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
    const lastDeployment = name === undefined ? undefined : this.lastGood.get(name);
    const reason = model.stale ?? `Deployment ${name ?? ''} cannot be computed: see its problems in the editor.`;
    if (lastDeployment) return { model, deployment: lastDeployment, stale: reason };
    if (model.names.length === 0 && model.stale === undefined) {
      return {
        title: 'No deployment yet',
        text: 'This file has no deployment block. Write one to see its graph, memory and prediction here. In an empty file, completion begins with whole plans.',
      };
    }
    return { title: 'Nothing can be drawn yet', text: reason };
  }

  private firstComputed(model: PreviewModel): string | undefined {
    return model.deployments[0]?.name ?? model.names[0];
  }
}

function stale({ stale: reason }: PreviewModel): { readonly stale?: string } {
  return reason === undefined ? {} : { stale: reason };
}
