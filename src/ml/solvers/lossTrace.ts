import type { LossPoint } from '../../values/result.ts';

/** Most points that are kept: enough for a curve on a page, and few enough for one call to MLflow. */
export const LOSS_POINTS_MAX = 200;

/**
 * Keeps the loss after each iteration of a solver, thinned while the solver runs.
 * Memory stays small for any number of iterations: the distance between points doubles when there are too many. The
 * start and the last iteration are always among the points.
 */
export class LossTrace {
  #points: LossPoint[] = [];
  #stride = 1;
  #last: LossPoint | undefined;

  /** Takes the loss after an iteration. A second loss of the same iteration replaces the first. */
  readonly add = (iteration: number, loss: number): void => {
    if (this.#points.at(-1)?.iteration === iteration) this.#points.pop();
    this.#last = { iteration, loss };
    if (iteration % this.#stride !== 0) return;
    this.#points.push(this.#last);
    if (this.#points.length < LOSS_POINTS_MAX) return;
    this.#stride *= 2;
    this.#points = this.#points.filter((point) => point.iteration % this.#stride === 0);
  };

  /** The points in the order of the iterations. */
  get points(): readonly LossPoint[] {
    const last = this.#last;
    if (last === undefined || this.#points.at(-1)?.iteration === last.iteration) return this.#points;
    return [...this.#points, last];
  }
}
