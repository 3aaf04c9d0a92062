import { parentPort, workerData } from 'node:worker_threads';
import { object, optional, parse, string } from 'valibot';
import { shippedBeside } from '../../host/shipped.ts';
import { resultOf } from '../../language/pieces.ts';
import { searchPart } from '../../search/search.ts';
import { Loader } from '../load.ts';
import { searchNamed } from './named.ts';

/*
 * A thread that decides parts of a search. It reads the plan as the command does, so that nothing but a file's name and the numbers of
 * parts goes to it.
 */

const { file, name, script } = parse(
  object({ file: string(), name: optional(string()), script: string() }),
  workerData,
);
const analysis = new Loader(shippedBeside(script)).load(file);
const { space, base } = searchNamed(analysis, file, name);
const place = { space, base, program: analysis.program, sides: new Map() };

parentPort?.on('message', (part: unknown) => {
  if (typeof part !== 'number') return;
  parentPort?.postMessage(resultOf(searchPart(place, part)));
});
