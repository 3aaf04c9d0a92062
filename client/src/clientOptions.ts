import type { LanguageClientOptions } from 'vscode-languageclient';
import { READS_FILES } from './fileRequests.ts';
import { ServerDeaths } from './serverDeaths.ts';

export const clientOptions: LanguageClientOptions = {
  // Every scheme: unsaved, remote and virtual documents are checked as well as files.
  documentSelector: [{ language: 'moeplan' }],
  initializationOptions: { ...READS_FILES, suggestCommand: 'editor.action.triggerSuggest' },
  errorHandler: new ServerDeaths(),
};
