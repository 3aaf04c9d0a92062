import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CATALOG } from '../../scripts/accuracy/catalogue.ts';
import { EditorFiles } from '../../server/src/host/editorFiles.ts';
import type { HostSources } from '../../server/src/host/host.ts';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { LLAMA, weightBytes } from '../plan/quantization/models.ts';

const QUANTIZATION = {
  producer: { name: 'modelopt' },
  quantization: { quant_algo: 'FP8', kv_cache_quant_algo: 'FP8' },
};

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'moeplan-folder-'));
  mkdirSync(join(root, 'work', 'llama'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: unknown): void {
  writeFileSync(join(root, 'work', path), typeof content === 'string' ? content : JSON.stringify(content));
}

function uriOf(path: string): string {
  return pathToFileURL(join(root, 'work', path)).href;
}

interface Read {
  readonly model: Model | undefined;
  readonly messages: readonly string[];
}

/** What a plan beside the folder says of `model m from "PATH"`. */
function reader(): { readonly sources: HostSources; readonly read: (path: string) => Read } {
  const uri = uriOf('plan.moeplan');
  let text = '';
  const sources = new NodeSources(CATALOG, (asked) => (asked === uri ? text : undefined));
  sources.setRoots([pathToFileURL(join(root, 'work')).href]);
  const cache = new AnalysisCache();
  return {
    sources,
    read: (path) => {
      text = `model m from ${JSON.stringify(path)}\n`;
      const analysis = analyseDocument(uri, sources, cache);
      const entity = analysis.program.entities.find(({ name }) => name === 'm');
      return { model: entity && modelOf(entity), messages: diagnose(analysis).map(({ message }) => message) };
    },
  };
}

describe('a checkpoint is a folder', () => {
  test('that may be named in place of its config', () => {
    write('llama/config.json', LLAMA);
    const { read } = reader();
    const named = read('llama/config.json');
    expect(named.messages).toEqual([]);
    expect(read('llama').model).toEqual(named.model);
    expect(read('./llama/').model).toEqual(named.model);
  });

  test('whose quantisation counts, and counts again after each change', () => {
    write('llama/config.json', LLAMA);
    const { sources, read } = reader();
    const types = () => read('llama').model?.types;
    expect(types()).toMatchObject({ weights: 'bf16', kv: 'bf16' });
    write('llama/hf_quant_config.json', QUANTIZATION);
    sources.invalidate(uriOf('llama/hf_quant_config.json'));
    expect(types()).toMatchObject({ weights: 'fp8', kv: 'fp8' });
    write('llama/hf_quant_config.json', { quantization: { quant_algo: 'NVFP4' } });
    sources.invalidate(uriOf('llama/hf_quant_config.json'));
    expect(types()).toMatchObject({ weights: 'nvfp4', kv: 'bf16' });
    unlinkSync(join(root, 'work/llama/hf_quant_config.json'));
    sources.invalidate(uriOf('llama/hf_quant_config.json'));
    expect(types()).toMatchObject({ weights: 'bf16', kv: 'bf16' });
  });

  test('whose index tells what is shipped, and whether all of it is counted', () => {
    const names = [0, 1, 2].flatMap((layer) => [`model.layers.${layer}.self_attn.o_proj.weight`]);
    const index = (total: number) => ({
      metadata: { total_size: total },
      weight_map: Object.fromEntries(
        [...names, 'model.embed_tokens.weight', 'model.layers.0.extra.w'].map((name) => [name, '']),
      ),
    });
    write('llama/config.json', LLAMA);
    const { sources, read } = reader();
    expect(read('llama').model?.tied).toBe(false);
    write('llama/model.safetensors.index.json', index(1_000_000_000));
    sources.invalidate(uriOf('llama/model.safetensors.index.json'));
    const { model, messages } = read('llama');
    expect(model?.tied).toBe(true);
    expect(messages).toEqual([expect.stringMatching(/more than .* nothing is counted of `extra`/)]);
    write('llama/model.safetensors.index.json', index(model ? weightBytes(model) : 0));
    sources.invalidate(uriOf('llama/model.safetensors.index.json'));
    expect(read('llama').messages).toEqual([]);
  });

  test('a config of another name has no files beside it', () => {
    write('llama/other.json', LLAMA);
    write('llama/hf_quant_config.json', QUANTIZATION);
    expect(reader().read('llama/other.json').model?.types.weights).toBe('bf16');
  });

  test('without a config it is told so', () => {
    expect(reader().read('llama').messages).toEqual([expect.stringMatching(/folder `llama` holds no `config.json`/)]);
    mkdirSync(join(root, 'work/llama/config.json'));
    expect(reader().read('llama').messages).toEqual([expect.stringMatching(/`config.json` of .* it is a folder/)]);
  });

  test('what lies there and cannot be read is named, with its line', () => {
    write('llama/config.json', LLAMA);
    write('llama/hf_quant_config.json', '{\n"quantization": {]');
    expect(reader().read('llama').messages).toEqual([
      expect.stringMatching(/`hf_quant_config.json` of .*line 2, column 18/),
    ]);
    rmSync(join(root, 'work/llama/hf_quant_config.json'));
    mkdirSync(join(root, 'work/llama/hf_quant_config.json'));
    expect(reader().read('llama').messages).toEqual([
      expect.stringMatching(/`hf_quant_config.json` of .* it is a folder/),
    ]);
  });

  test('a link out of the workspace is not followed', () => {
    write('llama/config.json', LLAMA);
    writeFileSync(join(root, 'secret.json'), JSON.stringify(QUANTIZATION));
    symlinkSync(join(root, 'secret.json'), join(root, 'work/llama/hf_quant_config.json'));
    expect(reader().read('llama').model?.types.weights).toBe('bf16');
    symlinkSync(root, join(root, 'work/up'));
    writeFileSync(join(root, 'config.json'), JSON.stringify(LLAMA));
    expect(reader().read('up').model).toBeUndefined();
  });

  test('a name with a line break stays on its line', () => {
    write('llama/config.json', { ...LLAMA, model_type: 'a\nb\u001b[31m' });
    expect(reader().read('llama').messages).toEqual([expect.stringMatching(/^\P{Cc}+$/u)]);
  });

  test('only the editor can read is fetched file by file', () => {
    const folder = 'vscode-vfs://github/owner/repo/';
    const held: Readonly<Record<string, object | undefined>> = {
      [`${folder}llama`]: { unread: 'folder' },
      [`${folder}llama/config.json`]: { text: JSON.stringify(LLAMA) },
      [`${folder}llama/hf_quant_config.json`]: { text: JSON.stringify(QUANTIZATION) },
    };
    const plan = `${folder}plan.moeplan`;
    const sources = new EditorFiles(new Map(), (uri) => (uri === plan ? 'model m from "llama"\n' : undefined));
    sources.setRoots([folder]);
    const cache = new AnalysisCache();
    const read = () => {
      const entity = analyseDocument(plan, sources, cache).program.entities.find(({ name }) => name === 'm');
      return entity && modelOf(entity);
    };
    let model = read();
    for (let wanted = sources.takeWanted().texts; wanted.length > 0; wanted = sources.takeWanted().texts) {
      for (const uri of wanted) {
        const found = held[uri];
        sources.provide(uri, found && 'text' in found ? { text: String(found.text) } : found && { unread: 'folder' });
      }
      model = read();
    }
    expect(model?.types).toMatchObject({ weights: 'fp8', kv: 'fp8' });
  });
});
