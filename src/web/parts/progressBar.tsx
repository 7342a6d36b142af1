interface ProgressBarProps {
  readonly label: string;
  /** From 0 to 1; undefined while nothing is known. */
  readonly share?: number | undefined;
  /** What happens now, in words: they are read aloud when they change. */
  readonly says: string;
  /** Numbers that change all the time. */
  readonly detail?: string;
}

/** How far something is. */
export function ProgressBar({ label, share, says, detail }: ProgressBarProps) {
  return (
    <div class="progress">
      <progress aria-label={label} max={1} {...(share !== undefined && { value: share })} />
      <div class="row">
        <p aria-live="polite">{says}</p>
        {detail !== undefined && <p class="soft figures">{detail}</p>}
      </div>
    </div>
  );
}
