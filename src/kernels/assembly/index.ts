// Exports of the module: each file has one stage of the work on a table's memory.
export { findLines, readBlock } from './blocks';
export { hasLoneCr, scan } from './scan';
export { walkScores } from './cuts';
export { writeCells, writeRows } from './rows';
export { measureRows, measureScratchBytes } from './measure';
export { seal } from './seal';
export { rememberWord, textsBytes } from './texts';
export * from './passes';
