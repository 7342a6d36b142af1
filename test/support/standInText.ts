/** Marks a map in JSON, which has no maps. */
const MAP = '$map';

/** Writes plain data and maps as JSON, indented so that people can read a difference between two texts. */
export function toText(value: unknown): string {
  const mapsToo = (_key: string, item: unknown) => (item instanceof Map ? { [MAP]: [...item] } : item);
  return `${JSON.stringify(value, mapsToo, 1)}\n`;
}

export function fromText(text: string): unknown {
  return JSON.parse(text, (_key, item) =>
    typeof item === 'object' && item !== null && MAP in item ? new Map(item[MAP]) : item,
  );
}
