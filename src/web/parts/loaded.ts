import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { type Fault, faultOf } from '../service.ts';

export interface Loaded<Value> {
  /** The last value that came, also while the next one is on its way. */
  readonly value: Value | undefined;
  readonly fault: Fault | undefined;
  readonly isLoading: boolean;
  /** Loads once more. */
  again(): void;
}

/**
 * Loads a value, and loads it anew when the key changes. What an older request brings is thrown away.
 * @param key undefined to load nothing
 */
export function useLoaded<Value>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<Value>,
): Loaded<Value> {
  const now: Signal<Omit<Loaded<Value>, 'again'>> = useSignal({
    value: undefined,
    fault: undefined,
    isLoading: key !== undefined,
  });
  const attempt = useSignal(0);
  useEffect(() => {
    if (key === undefined) {
      now.value = { value: undefined, fault: undefined, isLoading: false };
      return;
    }
    const { signal, ...controller } = controllerOf();
    now.value = { ...now.peek(), isLoading: true };
    load(signal).then(
      (value) => {
        if (!signal.aborted) now.value = { value, fault: undefined, isLoading: false };
      },
      (error: unknown) => {
        if (!signal.aborted) now.value = { value: undefined, fault: faultOf(error), isLoading: false };
      },
    );
    return controller.abort;
  }, [key, attempt.value]);
  return {
    ...now.value,
    again: () => {
      attempt.value++;
    },
  };
}

function controllerOf() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
