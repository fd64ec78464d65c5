/**
 * The messages between services and their clients, the same over Electron's IPC and over the local socket.
 * Everything from the client is untrusted: shape here, arguments by the call's own schema.
 */
import { z } from 'zod'
import type { CrossingError, FeedMessage } from '#shared/contract/service.ts'

const id = z.int().nonnegative()
const name = z.string().max(64)
/** JSON leaves out what is undefined, so a call without arguments has no `args` at all. */
const args = z.unknown().optional()

export const clientMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), id, service: name, call: name, args }),
  z.object({ kind: z.literal('subscribe'), id, service: name, feed: name, args }),
  z.object({ kind: z.literal('unsubscribe'), id }),
])
export type ClientMessage = z.infer<typeof clientMessage>

export type ServerMessage =
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: CrossingError }
  | { readonly kind: 'feed'; readonly id: number; readonly message: FeedMessage<unknown> }
  | { readonly kind: 'failed'; readonly id: number; readonly error: CrossingError }
