/** How a message gets from one node of a message network to another: as itself, watched, or as bytes. */
import { decodeMessage, type KrpcFault, looksLikeMessage } from '../rpc/krpc-decode.ts'
import { encodeMessage } from '../rpc/krpc-encode.ts'
import type { KrpcMessage } from '../rpc/krpc-message.ts'

export type CarriageMode = 'objects' | 'checked' | 'wire'

/** A message under way. */
export interface Parcel {
  /** Bytes on the wire. */
  readonly size: number
  readonly message: KrpcMessage
  readonly bytes?: Uint8Array
}

export interface Carriage {
  /** `size`: the bytes that the message takes. */
  pack(message: KrpcMessage, size: number): Parcel
  unpack(parcel: Parcel): KrpcMessage | KrpcFault
}

export function carriageFor(mode: CarriageMode): Carriage {
  return { objects, checked, wire }[mode]
}

const objects: Carriage = {
  pack: (message, size) => ({ size, message }),
  unpack: ({ message }) => message,
}

/** Byte arrays cannot be frozen, so what is written to them shows in the encoding. */
const checked: Carriage = {
  pack: (message, size) => {
    freezeDeep(message)
    return { size, message, bytes: encodeMessage(message) }
  },
  unpack: ({ message, bytes }) => {
    if (!sameBytes(encodeMessage(message), bytes as Uint8Array)) {
      throw new Error(`a ${message.kind} was changed after it had been sent`)
    }
    return message
  },
}

const wire: Carriage = {
  pack: (message, size) => ({ size, message, bytes: encodeMessage(message, size) }),
  unpack: ({ message, bytes }) => {
    if (!looksLikeMessage(bytes as Uint8Array)) throw new Error(`a ${message.kind} does not look like a message`)
    return decodeMessage(bytes as Uint8Array)
  },
}

function freezeDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) freezeDeep(part)
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
