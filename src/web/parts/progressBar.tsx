interface ProgressBarProps {
  readonly label: string;
  /** From 0 to 1; undefined while nothing is known. */
  readonly share?: number | undefined;
  /** What happens now, in words. */
  readonly says: string;
}

/** How far something is. The words are read aloud when they change, and the percentage only on demand. */
export function ProgressBar({ label, share, says }: ProgressBarProps) {
  return (
    <div class="progress">
      <progress aria-label={label} max={1} {...(share !== undefined && { value: share })} />
      <p aria-live="polite">{says}</p>
    </div>
  );
}
