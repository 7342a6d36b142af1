/** A text or a constant of Python. */
const PYTHON = /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'|\b(?:None|True|False)\b/gs;

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

/** The texts of a list in JSON or as Python prints it: `['a', 'b']`; undefined if the text is no such list. */
export function parseTexts(given: string): readonly string[] | undefined {
  if (!/^\s*\[.*\]\s*$/s.test(given)) return undefined;
  let parsed: unknown;
  try {
    parsed = parseLiteral(given);
  } catch {
    return undefined;
  }
  return Array.isArray(parsed) && parsed.every((one) => typeof one === 'string') ? parsed : undefined;
}
