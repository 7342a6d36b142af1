export interface SolverInfo {
  readonly name: string;
  readonly iterations: number;
  readonly converged: boolean;
}
