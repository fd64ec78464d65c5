/** What the hasher and its worker threads say to each other. Numbers travel in arrays: one message for a thousand pieces. */

/** A run of pieces on disk. */
export interface SpanChunk {
  readonly paths: readonly string[]
  /** How many spans each piece has. */
  readonly spanCounts: Uint32Array
  /** Three numbers for each span: index into `paths`, offset, length. */
  readonly spans: Float64Array
}

export interface HashedChunk {
  /** 20 bytes for each piece; zeros where the data is not there. */
  readonly digests: Uint8Array
  /** 1 for each piece whose data is there. */
  readonly known: Uint8Array
  readonly bytesRead: number
}

export type HashRequest =
  | { readonly kind: 'piece'; readonly id: number; readonly memory: ArrayBuffer; readonly length: number }
  | { readonly kind: 'chunk'; readonly id: number; readonly chunk: SpanChunk }

export type HashReply =
  | {
      readonly kind: 'piece'
      readonly id: number
      readonly memory: ArrayBuffer
      readonly length: number
      readonly digest: Uint8Array
    }
  | { readonly kind: 'chunk'; readonly id: number; readonly hashed: HashedChunk }
