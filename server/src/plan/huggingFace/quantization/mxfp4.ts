import { type Format, keptModules, leaveNotes } from './format.ts';

/** MXFP4 of gpt-oss: routed experts alone, with a scale of one byte for 32 elements. */
export const MXFP4: Format = {
  methods: ['mxfp4'],
  read(fields) {
    leaveNotes(fields, 'dequantize');
    return { rules: [...keptModules(fields), { type: 'mxfp4', modules: 'experts' }] };
  },
};
