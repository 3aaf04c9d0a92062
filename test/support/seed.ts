import fc from 'fast-check';
import { propertySeed } from './propertyRuns.ts';

// Loaded before every file of tests: what a property tries is the same in each run, and a failure is seen again.
fc.configureGlobal({ seed: propertySeed() });
