import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { tokenQuestion, useToken } from '../service.ts';

/** Asks for the token while a request waits for one. */
export function TokenDialog() {
  const question = tokenQuestion.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const token = useSignal('');
  const isWanted = question !== undefined;
  useEffect(() => {
    if (isWanted) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isWanted]);
  const send = (event: Event) => {
    event.preventDefault();
    const given = token.value.trim();
    token.value = '';
    if (given !== '') useToken(given);
  };
  return (
    <dialog ref={dialog} aria-labelledby="token-title" onCancel={(event) => event.preventDefault()}>
      <form class="stack" onSubmit={send}>
        <h2 id="token-title">Token</h2>
        <p role="alert">{question}</p>
        <label class="field">
          <span class="label">The value of TRAINPOST_TOKEN</span>
          <input
            type="password"
            autocomplete="off"
            required
            value={token.value}
            onInput={({ currentTarget }) => {
              token.value = currentTarget.value;
            }}
          />
        </label>
        <p class="soft">The page keeps the token until this tab is closed.</p>
        <p>
          <button type="submit" class="primary">
            Go on
          </button>
        </p>
      </form>
    </dialog>
  );
}
