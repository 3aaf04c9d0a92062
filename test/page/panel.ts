import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { frameHtml } from '../../client/src/preview/frame.ts';
import { projectRoot } from '../../scripts/vscode/paths.ts';
import type { FromPage, ToPage } from '../../server/src/services/preview/messages.ts';
import { isFromPage } from '../../server/src/services/preview/messages.ts';
import type { PreviewView } from '../../server/src/services/preview/views.ts';
import type { EditorTheme } from './themes.ts';

const ORIGIN = 'https://preview.test';
const NONCE = 'dGVzdA==';
/** How long a state may take to come: only a page that hangs ever takes so long, however busy the machine is. */
export const PATIENCE_MS = 60_000;

export type Color = readonly [red: number, green: number, blue: number];

export interface PanelOptions {
  readonly theme: EditorTheme;
  readonly width?: number;
  readonly height?: number;
  /** What an earlier page has saved. */
  readonly state?: unknown;
  readonly scale?: number;
  /** Whether the reader welcomes motion; pages of tests are calm unless they say so. */
  readonly motion?: boolean;
  /** As on a machine with a graphics card: the software that computes WebGL here passes for one. */
  readonly card?: boolean;
  /** The system's own high contrast. */
  readonly forcedColors?: boolean;
  /** What the extension answers to a message of the page. */
  readonly answer?: (message: FromPage) => ToPage | undefined;
}

/**
 * The built page as the editor shows it: the extension's own frame and policy, the editor's classes and variables, and
 * an `acquireVsCodeApi` that records. Messages go in and out as the editor would carry them.
 */
export class Panel {
  readonly page: Page;
  readonly sent: FromPage[] = [];
  readonly errors: string[] = [];
  state: unknown;
  private readonly context: BrowserContext;

  private readonly answer: NonNullable<PanelOptions['answer']>;

  private constructor(context: BrowserContext, page: Page, { state, answer = () => undefined }: PanelOptions) {
    this.context = context;
    this.page = page;
    this.state = state;
    this.answer = answer;
  }

  static async open(browser: Browser, options: PanelOptions): Promise<Panel> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1400, height: options.height ?? 900 },
      deviceScaleFactor: options.scale ?? 1,
      reducedMotion: options.motion ? 'no-preference' : 'reduce',
      forcedColors: options.forcedColors ? 'active' : 'none',
    });
    const page = await context.newPage();
    if (options.card) await page.addInitScript(passForCard);
    page.setDefaultTimeout(PATIENCE_MS);
    const panel = new Panel(context, page, options);
    await panel.load(options.theme);
    return panel;
  }

  async send(message: ToPage): Promise<void> {
    await this.sendRaw(message);
  }

  /** Anything at all, as a page must expect of a message. */
  async sendRaw(message: unknown): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
    // The message's task is done when a later one of the same queue is.
    await this.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const later = ({ data }: MessageEvent<unknown>) => {
            if (data !== 'later') return;
            window.removeEventListener('message', later);
            resolve();
          };
          window.addEventListener('message', later);
          window.postMessage('later', '*');
        }),
    );
    await this.settle();
  }

  async setTheme(theme: EditorTheme): Promise<void> {
    await this.page.evaluate(({ bodyClass, variables }) => {
      for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
      document.body.className = bodyClass;
    }, theme);
  }

  /** Until what was asked for has been drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
    );
  }

  /** From here on the page's time stands still, and so do its frames, but for what `passFrames` lets pass. */
  async stopTime(): Promise<void> {
    const now = await this.page.evaluate(() => Date.now());
    await this.page.clock.install({ time: now });
    await this.page.clock.pauseAt(now + 1000);
  }

  /** Lets a number of frames of 16 ms pass. What the canvas shows after each of them. */
  async passFrames(count: number): Promise<readonly string[]> {
    const shown: string[] = [];
    for (let frame = 0; frame < count; frame++) {
      await this.page.clock.runFor(16);
      shown.push(await this.canvas.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL()));
    }
    return shown;
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name, exact: true });
  }

  view(name: PreviewView): Locator {
    return this.page.locator(`[data-view="${name}"]`);
  }

  get canvas(): Locator {
    return this.page.locator('canvas.dag-canvas');
  }

  node(id: string): Locator {
    return this.page.locator(`[data-node-id=${JSON.stringify(id)}]`);
  }

  get selected(): Locator {
    return this.page.locator('[data-node-id][aria-selected="true"]');
  }

  /** The point of the canvas at which a point of the picture lies. */
  async toScreen(x: number, y: number): Promise<{ x: number; y: number }> {
    const camera = await this.camera();
    return { x: (x - camera.x) * camera.zoom, y: (y - camera.y) * camera.zoom };
  }

  async camera(): Promise<{ x: number; y: number; zoom: number }> {
    const [x = 0, y = 0, zoom = 0] = ((await this.canvas.getAttribute('data-camera')) ?? '').split(' ').map(Number);
    return { x, y, zoom };
  }

  /** Waits until the page has sent such a message. */
  async waitForSent(matches: (message: FromPage) => boolean): Promise<FromPage> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = this.sent.find(matches);
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`no such message among ${JSON.stringify(this.sent)}`);
      await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    }
  }

  /** The colours that are seen at points of the canvas, whatever draws it. */
  async colorsAt(points: readonly { readonly x: number; readonly y: number }[]): Promise<readonly Color[]> {
    const image = (await this.canvas.screenshot()).toString('base64');
    const size = await this.canvas.boundingBox();
    return this.page.evaluate(
      async ({ encoded, at, width }) => {
        const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
        if (!context) return [];
        context.drawImage(bitmap, 0, 0);
        const ratio = bitmap.width / width;
        return at.map(({ x, y }): [number, number, number] => {
          const [red = 0, green = 0, blue = 0] = context.getImageData(
            Math.round(x * ratio),
            Math.round(y * ratio),
            1,
            1,
          ).data;
          return [red, green, blue];
        });
      },
      { encoded: image, at: [...points], width: size?.width ?? 1 },
    );
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  private async load(theme: EditorTheme): Promise<void> {
    const { page } = this;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || /Content Security Policy/.test(message.text()))
        this.errors.push(message.text());
    });
    const files = new Map([
      ['/preview.js', { contentType: 'text/javascript', body: built('preview.js') }],
      ['/preview.css', { contentType: 'text/css', body: built('preview.css') }],
      [
        '/',
        {
          contentType: 'text/html',
          body: frameHtml({
            script: `${ORIGIN}/preview.js`,
            style: `${ORIGIN}/preview.css`,
            origin: ORIGIN,
            nonce: NONCE,
          }),
        },
      ],
    ]);
    await page.route('**/*', (route) => {
      const file = files.get(new URL(route.request().url()).pathname);
      return file ? route.fulfill(file) : route.abort();
    });
    await page.exposeFunction('recordMessage', async (message: unknown) => {
      if (isFromPage(message)) {
        this.sent.push(message);
        const answer = this.answer(message);
        if (answer) await this.send(answer);
      } else this.errors.push(`the page sent ${JSON.stringify(message)}`);
    });
    await page.exposeFunction('recordState', (state: unknown) => {
      this.state = state;
    });
    await page.addInitScript(
      ({ saved, bodyClass, variables }) => {
        let state = saved;
        const record = (name: string, value: unknown) => {
          const to: unknown = Reflect.get(window, name);
          if (typeof to === 'function') to(value);
        };
        Reflect.set(window, 'acquireVsCodeApi', () => ({
          postMessage: (message: unknown) => record('recordMessage', message),
          getState: () => state,
          setState: (next: unknown) => {
            state = next;
            record('recordState', next);
          },
        }));
        new MutationObserver((_, observer) => {
          if (!document.body) return;
          for (const [name, value] of Object.entries(variables))
            document.documentElement.style.setProperty(name, value);
          document.body.className = bodyClass;
          observer.disconnect();
        }).observe(document, { childList: true, subtree: true });
      },
      { saved: this.state, bodyClass: theme.bodyClass, variables: theme.variables },
    );
    await page.goto(`${ORIGIN}/`);
    await this.waitForSent(({ type }) => type === 'ready');
  }
}

function built(name: string): string {
  return readFileSync(join(projectRoot, 'dist', name), 'utf8');
}

/** Runs in the page before its own script. */
function passForCard(): void {
  const own = WebGL2RenderingContext.prototype.getParameter;
  const UNMASKED_RENDERER = 0x9246;
  WebGL2RenderingContext.prototype.getParameter = function (this: WebGL2RenderingContext, name: number) {
    return name === UNMASKED_RENDERER ? 'a graphics card' : own.call(this, name);
  };
}
