/** What the table of messages needs to know of each: see `index.ts`. */
export interface MessageCodec<M extends { readonly command: string }> {
  readonly command: M['command']
  /** Largest payload: checked against the announced length before anything is buffered. */
  readonly maxBytes: number
  /** The payload. May be an array that the message holds. @throws RangeError where we break a limit ourselves */
  encode(message: M): Uint8Array
  /**
   * The message keeps `payload`; its byte strings are views of it, so copy what is kept long.
   * @throws WireError, SerializationError, or another coded error
   */
  decode(payload: Uint8Array): M
}

/** Holds our own messages to the limits that we hold others to. */
export function atMost<T>(what: string, list: readonly T[], limit: number): readonly T[] {
  if (list.length > limit) throw new RangeError(`a message holds at most ${limit} ${what}, not ${list.length}`)
  return list
}
