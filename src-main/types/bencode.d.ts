/** The npm package `bencode` 4.0.1, which brings no types: what we use of it. */
declare module 'bencode' {
  const bencode: {
    /** Recursive. Sorts keys by UTF-16 units, drops null and bigint values silently, writes text and keys as UTF-8. */
    encode(value: unknown): Uint8Array
    /** Never give it bytes that `scanBencode` has not accepted: a negative length makes it loop for ever. */
    decode(bytes: Uint8Array): unknown
  }
  export default bencode
}
