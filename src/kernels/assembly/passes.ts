// What runs over the blocks of a table, on several threads at a time.
export { countSegment, momentsOfSegment, rangeOfSegment } from './counts';
export { decodeRows } from './decode';
export { logLossOfBlock } from './logLoss';
export { partitionBlock } from './partition';
export { classifyBlock, predictBlock } from './predictor';
export { countTextsOfBlock, statisticsOfBlock } from './statistics';
