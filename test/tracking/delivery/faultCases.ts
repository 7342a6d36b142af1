import type { StandInFault } from '../../support/standInMlflow.ts';

type Faults = readonly (readonly [string, StandInFault])[];

/** What any call of a delivery may meet. */
export const FAULTS: Faults = [
  ['is cut off', 'cut'],
  ['loses its answer', 'lost'],
  ['gets half an answer', 'torn'],
  ['is never answered', 'silent'],
  ['is answered 500', { status: 500 }],
  ['is answered 503 with a time', { status: 503, headers: { 'retry-after': '40' } }],
  ['is answered with a page to log in', { status: 302, headers: { location: '/login' } }],
  ['is answered 401', { status: 401 }],
];
/** And what makes a difference only where something is made anew each time, or is the last. */
export const FAULTS_OF_CREATES: Faults = [
  ...FAULTS,
  ['is carried out and never answered', 'stuck'],
  ['is carried out late', 'late'],
  ['is carried out and answered 500', { status: 500, isCarriedOut: true }],
  ['is carried out and answered 502 by a proxy', { status: 502, isCarriedOut: true, text: '<html>' }],
  ['is carried out and answered with a page', { status: 200, isCarriedOut: true, text: '<html>' }],
  ['is answered 429 with a time', { status: 429, headers: { 'retry-after': '40' } }],
];
