import { type CurlParts, curlLine } from '../form/curl.ts';
import { BASE, hasToken } from '../service.ts';
import { CopyButton } from './copyButton.tsx';

interface CurlBoxProps extends Omit<CurlParts, 'base' | 'wantsToken'> {
  readonly id: string;
}

/** The line for a shell that does the same as the page. */
export function CurlBox({ id, ...parts }: CurlBoxProps) {
  const line = curlLine({ ...parts, base: BASE, wantsToken: hasToken.value });
  return (
    <section class="curl" aria-labelledby={`${id}-title`}>
      <div class="label-row">
        <h2 class="small" id={`${id}-title`}>
          The same with curl
        </h2>
        <CopyButton text={line} target={id} />
      </div>
      <pre id={id}>{line}</pre>
    </section>
  );
}
