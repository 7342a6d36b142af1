/** A page of MLflow, with its name for people. */
interface ReportLink {
  readonly text: string;
  readonly url: string;
}

export type ReportLinks = readonly ReportLink[];

/** An address from a setting may be anything; a link must not run a script. */
const isWebAddress = (url: string) => /^https?:\/\//.test(url);

/** Opens in a window of its own, because MLflow shows the report in a frame. */
export function Links({ links }: { readonly links: ReportLinks }) {
  const shown = links.filter(({ url }) => isWebAddress(url));
  if (shown.length === 0) return null;
  return (
    <p>
      In MLflow:{' '}
      {shown.map(({ text, url }, i) => (
        <>
          {i > 0 && ', '}
          <a key={url} href={url} target="_blank" rel="noopener noreferrer">
            {text}
          </a>
        </>
      ))}
      .
    </p>
  );
}
