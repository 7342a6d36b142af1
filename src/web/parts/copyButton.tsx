import { useSignal } from '@preact/signals';

const SHOWN_MS = 2_000;

/** Copies a text. Without a clipboard, as on a page without TLS, it selects the text of `target` instead. */
export function CopyButton({ text, target }: { readonly text: string; readonly target: string }) {
  const says = useSignal('Copy');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      says.value = 'Copied';
    } catch {
      select(target);
      says.value = 'Selected: copy with Ctrl-C';
    }
    setTimeout(() => {
      says.value = 'Copy';
    }, SHOWN_MS);
  };
  return (
    <button type="button" class="quiet" onClick={() => void copy()}>
      <span aria-live="polite">{says}</span>
    </button>
  );
}

function select(id: string): void {
  const element = document.getElementById(id);
  if (element !== null) getSelection()?.selectAllChildren(element);
}
