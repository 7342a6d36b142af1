import { lexer, type Token, type Tokens } from 'marked';

/** The blocks of a text, as GitHub reads Markdown. */
export const blocksOf = (text: string) => lexer(text, { gfm: true });

/** All tokens, those within others included. */
export function allTokens(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => {
    const { tokens: inner = [], items = [], header = [], rows = [] } = token as Tokens.Generic;
    const cells = [...header, ...rows.flat()] as Tokens.TableCell[];
    return [
      token,
      ...allTokens(inner),
      ...allTokens(items),
      ...cells.flatMap((cell) => allTokens(cell.tokens)),
    ];
  });
}
