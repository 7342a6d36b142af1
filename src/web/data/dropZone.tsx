import { useSignal } from '@preact/signals';
import { FaultBox } from '../parts/fault.tsx';
import { type Fault, faultOf } from '../service.ts';
import { takeSample, trainFile } from './files.ts';

/** Where somebody drops a file, chooses one, or takes the sample. */
export function DropZone() {
  const isOver = useSignal(false);
  const isLoading = useSignal(false);
  const fault = useSignal<Fault | undefined>(undefined);
  const file = trainFile.value;
  const sample = async () => {
    isLoading.value = true;
    fault.value = undefined;
    await takeSample().catch((error: unknown) => {
      fault.value = faultOf(error);
    });
    isLoading.value = false;
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    isOver.value = false;
    const [dropped] = event.dataTransfer?.files ?? [];
    if (dropped !== undefined) trainFile.value = dropped;
  };
  return (
    <div class="stack">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a keyboard reaches the input inside, which does the same. */}
      <div
        class={`drop${isOver.value ? ' over' : ''}${file === undefined ? '' : ' small'}`}
        onDragOver={(event) => {
          event.preventDefault();
          isOver.value = true;
        }}
        onDragLeave={() => {
          isOver.value = false;
        }}
        onDrop={drop}
      >
        {file === undefined ? (
          <p>Drop a CSV file here: a table with a header line, as text or gzip.</p>
        ) : (
          <p>
            <strong>
              <bdi>{file.name}</bdi>
            </strong>{' '}
            <span class="soft">{sizeOf(file.size)}</span>
          </p>
        )}
        <div class="row">
          <FileButton says={file === undefined ? 'Choose a file' : 'Choose another file'} onFile={takeFile} />
          {file === undefined && (
            <button type="button" disabled={isLoading.value} onClick={() => void sample()}>
              Take the sample
            </button>
          )}
        </div>
        {file === undefined && (
          <p class="soft">The sample is the Pima Indians diabetes data: 768 rows and 9 columns.</p>
        )}
      </div>
      {fault.value && <FaultBox fault={fault.value} />}
    </div>
  );
}

function takeFile(file: File): void {
  trainFile.value = file;
}

interface FileButtonProps {
  readonly says: string;
  readonly onFile: (file: File) => void;
}

/** An input for a file that looks like a button. */
export function FileButton({ says, onFile }: FileButtonProps) {
  return (
    <label class="button file">
      {says}
      <input
        type="file"
        class="hidden"
        accept=".csv,.tsv,.txt,.gz,text/csv,text/plain,application/gzip"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) onFile(file);
          // So that the same file can be chosen again after it was changed.
          currentTarget.value = '';
        }}
      />
    </label>
  );
}

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;

/** A size for people: `23.1 kB`. */
export function sizeOf(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}
