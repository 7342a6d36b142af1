// Exports the kernels that run over the blocks of a table, on several threads at a time.
export { countColumn, momentsOfColumn, packingOfColumn, rangeOfColumn, tallyColumn } from './counts';
export { decodeRows } from './decode';
export { hessianOfBlock } from './hessian';
export { logLossOfBlock } from './logLoss';
export { partitionBlock } from './partition';
export { classifyBlock, predictBlock } from './predictor';
export { countTextsOfBlock, statisticsOfBlock } from './statistics';
