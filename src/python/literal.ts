/** A text or a constant of Python. */
const PYTHON = /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|\b(?:None|True|False)\b/gs;
/** Python prints a tuple of one text with a comma behind the text. */
const LIST = /^\s*(?:\[(.*)\]|\((.*?),?\))\s*$/s;

/**
 * Parses JSON, or a dictionary or a list that Python has printed: `{'team': 'risk', 'nightly': True}`. Python's constants
 * become texts, as MLflow writes them.
 * @throws SyntaxError if the text is neither
 */
export function parseLiteral(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return JSON.parse(
      given.replaceAll(PYTHON, (found: string, text: string | undefined) => {
        if (text !== undefined) return `"${text.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`;
        return found.startsWith('"') ? found : `"${found}"`;
      }),
    );
  }
}

/** The texts of a list in JSON, or of a list or a tuple as Python prints it; undefined if the text is no such list. */
export function parseTexts(given: string): readonly string[] | undefined {
  const [, inList, inTuple] = LIST.exec(given) ?? [];
  const inside = inList ?? inTuple;
  if (inside === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = parseLiteral(`[${inside}]`);
  } catch {
    return undefined;
  }
  return Array.isArray(parsed) && parsed.every((one) => typeof one === 'string') ? parsed : undefined;
}
