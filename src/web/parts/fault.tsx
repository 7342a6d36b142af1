import type { Fault } from '../service.ts';

interface FaultBoxProps {
  readonly fault: Fault;
  /** Tries again, if that may help. */
  readonly again?: () => void;
}

/** What went wrong, in the service's words, with the page that explains the code. */
export function FaultBox({ fault, again }: FaultBoxProps) {
  return (
    <div class="fault" role="alert">
      <p>{fault.detail}</p>
      <p class="soft">
        {fault.code !== undefined && fault.help !== undefined && (
          <a href={fault.help} target="_blank" rel="noreferrer">
            {fault.code}
          </a>
        )}
        {again && (
          <button type="button" class="quiet" onClick={again}>
            Try again
          </button>
        )}
      </p>
    </div>
  );
}

/** A problem beside its field. */
export function FieldFault({ id, fault }: { readonly id: string; readonly fault: Fault }) {
  return (
    <p class="field-fault" id={id} role="alert">
      {fault.detail}
    </p>
  );
}
