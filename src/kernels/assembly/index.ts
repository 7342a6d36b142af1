// The module's exports: one file for each stage that works on a table's memory.
export * from './scan';
export * from './passes';
