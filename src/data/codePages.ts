/** An encoding of one byte a character, with ASCII below 0x80. */
interface CodePage {
  /** The characters of the bytes from 0x80 on. Later bytes are as in Latin-1. */
  readonly high: string;
  /** The bytes that have other characters than in Latin-1. */
  readonly bytes: RegExp;
  /** Bytes that the code page does not define. */
  readonly undefined?: RegExp;
}

/** Windows' code page (Unicode's mapping CP1252.TXT). Five bytes have no character and stay as they are. */
export const CP1252: CodePage = {
  high: '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ',
  bytes: /[\x80-\x9f]/g,
  undefined: /[\x81\x8d\x8f\x90\x9d]/,
};

/** The code page of MS-DOS (CP437.TXT). */
export const CP437: CodePage = {
  high:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
    '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0',
  bytes: /[\x80-\xff]/g,
};

/** The code page of MS-DOS in western Europe (CP850.TXT), which Excel's "CSV (MS-DOS)" uses. */
export const CP850: CodePage = {
  high:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
    '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\xad±‗¾¶§÷¸°¨·¹³²■\xa0',
  bytes: /[\x80-\xff]/g,
};

/** Decodes bytes. `badAt` is the index of the first undefined byte, or -1. */
export function decodeBytes(
  bytes: Buffer,
  page: CodePage,
): { readonly text: string; readonly badAt: number } {
  const latin1 = bytes.toString('latin1');
  const text = latin1.replace(page.bytes, (byte) => page.high[byte.charCodeAt(0) - 0x80] ?? byte);
  return { text, badAt: page.undefined === undefined ? -1 : latin1.search(page.undefined) };
}
