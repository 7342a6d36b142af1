/**
 * Protocol Buffers' wire format, as much of it as an ONNX file needs: a message is its fields one after the other,
 * a field is a key (its number and wire type), then its value. Source: protobuf.dev, "Encoding".
 */
const WIRE_VARINT = 0;
const WIRE_LENGTH_DELIMITED = 2;

/** Seven bits a byte, lowest first; the high bit says that more follow. A negative number takes ten bytes. */
export function varint(value: number | bigint): Buffer {
  // Nearly all of them, and bigints take their time.
  if (value >= 0 && value <= 0x7f) return Buffer.of(Number(value));
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A field of type int32, int64 or enum. */
export function intField(field: number, value: number | bigint): Buffer {
  return Buffer.concat([key(field, WIRE_VARINT), varint(value)]);
}

/** A field of type string (as UTF-8), bytes, or message. */
export function bytesField(field: number, value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return Buffer.concat([key(field, WIRE_LENGTH_DELIMITED), varint(bytes.length), bytes]);
}

function key(field: number, wireType: number): Buffer {
  return varint(field * 8 + wireType);
}
