import type { AssignedRoles } from '../roles.ts';
import type { Target } from '../target.ts';
import type { LeftOutRows } from '../usedRows.ts';

/** What the warnings about a file depend on. */
export interface WarningContext extends AssignedRoles {
  readonly leftOut: LeftOutRows;
  /** Whether the test rows are drawn at random. */
  readonly isShuffled?: boolean | undefined;
  /** Undefined if the column cannot be a target. */
  readonly target?: Target | undefined;
}
