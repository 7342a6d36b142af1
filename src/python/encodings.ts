/**
 * Python's codecs that this program can read, each with its aliases (Python's module `encodings.aliases`).
 * The WHATWG Encoding Standard reads `gb2312`, `shift_jis` and `big5` as the larger sets that Windows writes.
 */
const CODECS = {
  utf_8: 'utf8 u8 utf cp65001',
  utf_8_sig: '',
  utf_16: 'utf16 u16',
  utf_16_le: 'utf_16le unicodelittleunmarked',
  utf_16_be: 'utf_16be unicodebigunmarked',
  ascii: 'us_ascii us 646 iso646_us cp367',
  latin_1: 'latin1 latin l1 iso8859_1 iso_8859_1 iso8859 8859 cp819',
  cp1252: '1252 windows_1252',
  cp1250: '1250 windows_1250',
  cp1251: '1251 windows_1251',
  cp1253: '1253 windows_1253',
  cp1254: '1254 windows_1254',
  cp1255: '1255 windows_1255',
  cp1256: '1256 windows_1256',
  cp1257: '1257 windows_1257',
  cp1258: '1258 windows_1258',
  iso8859_2: 'iso_8859_2 latin2 l2',
  iso8859_3: 'iso_8859_3 latin3 l3',
  iso8859_4: 'iso_8859_4 latin4 l4',
  iso8859_5: 'iso_8859_5 cyrillic',
  iso8859_6: 'iso_8859_6 arabic',
  iso8859_7: 'iso_8859_7 greek greek8',
  iso8859_8: 'iso_8859_8 hebrew',
  iso8859_9: 'iso_8859_9 latin5 l5',
  iso8859_10: 'iso_8859_10 latin6 l6',
  iso8859_13: 'iso_8859_13 latin7 l7',
  iso8859_14: 'iso_8859_14 latin8 l8',
  iso8859_15: 'iso_8859_15 latin9 l9',
  koi8_r: 'cskoi8r',
  koi8_u: '',
  mac_roman: 'macroman macintosh',
  cp437: '437 ibm437',
  cp850: '850 ibm850',
  gb2312: 'chinese euc_cn euccn gb2312_80',
  gbk: '936 cp936 ms936',
  gb18030: 'gb18030_2000',
  big5: 'big5_tw csbig5 cp950 950 ms950',
  shift_jis: 'shiftjis sjis s_jis csshiftjis',
  cp932: '932 ms932 ms_kanji mskanji windows_31j',
  euc_jp: 'eucjp ujis u_jis',
  euc_kr: 'euckr korean ks_c_5601 ksc5601 ksx1001',
  cp949: '949 ms949 uhc',
} as const;

export type Codec = keyof typeof CODECS;

const BY_NAME: ReadonlyMap<string, Codec> = new Map(
  (Object.entries(CODECS) as [Codec, string][]).flatMap(([codec, aliases]) =>
    [codec, ...aliases.split(' ')].filter((name) => name !== '').map((name) => [name, codec] as const),
  ),
);

/**
 * Finds a codec by a name that Python accepts, in any case, and with any of `-`, `_`, blank and point.
 * @returns undefined if Python does not know the name, or if this program does not read the codec
 */
export function codecOf(name: string): Codec | undefined {
  return BY_NAME.get(
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_'),
  );
}
