/** A time in the reader's own zone and language. */
export function Time({ iso }: { readonly iso: string }) {
  const shown = new Date(iso).toLocaleString(undefined, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (
    <time dateTime={iso} class="time">
      {shown}
    </time>
  );
}
