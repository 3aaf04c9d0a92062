import { isToPage } from '../../server/src/services/preview/messages.ts';
import { App } from './app.ts';

const root = document.getElementById('app');
if (root) {
  const editor = acquireVsCodeApi();
  const app = new App(root, editor);
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isToPage(data)) app.receive(data);
  });
  editor.postMessage({ type: 'ready' });
}
