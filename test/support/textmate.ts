import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

/**
 * A grammar as VS Code loads it. `textOf` has the JSON of each grammar that it leads to, by scope; `injected` are the scopes
 * of grammars that are contributed into it. Once in a test file: the engine behind it starts once in a process.
 */
export async function loadGrammar(
  scope: string,
  textOf: (scope: string) => string,
  injected: readonly string[] = [],
): Promise<textmate.IGrammar> {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (each) => textmate.parseRawGrammar(textOf(each), 'grammar.json'),
    getInjections: (each) => (each === scope ? [...injected] : []),
  });
  const grammar = await registry.loadGrammar(scope);
  if (!grammar) throw new Error(`the grammar ${scope} did not load`);
  return grammar;
}
