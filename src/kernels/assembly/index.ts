// The module's exports: one file for each stage that works on a table's memory.
export { findLines, readBlock } from './blocks';
export { hasLoneCr, scan } from './scan';
export { measureRows, measureScratchBytes } from './measure';
export { seal } from './seal';
export { rememberWord, textsBytes } from './texts';
export * from './passes';
