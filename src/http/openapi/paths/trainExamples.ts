import type { RouteExample } from './route.ts';
export const trainExamples: readonly RouteExample[] = [];
