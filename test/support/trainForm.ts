/** A multipart form that is made once, so that a measuring program spends no time on encoding it for each request. */
export interface TrainForm {
  readonly contentType: string;
  readonly body: Buffer;
  /** The place of the file's bytes in the body. */
  readonly file: { readonly start: number; readonly end: number };
}

const BOUNDARY = 'trainpost-test-form';

/** The form that curl sends for `-F name=value ... -F train_file=@<fileName>`, with the fields first. */
export function trainForm(
  fields: Readonly<Record<string, string>>,
  csv: Buffer,
  fileName = 'diabetes.csv',
): TrainForm {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const fileHead = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="train_file"; filename="${fileName}"\r\nContent-Type: text/csv\r\n\r\n`;
  const before = Buffer.from(parts.join('') + fileHead);
  const body = Buffer.concat([before, csv, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  return {
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    body,
    file: { start: before.length, end: before.length + csv.length },
  };
}
