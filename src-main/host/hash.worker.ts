/** The worker thread of the hasher: one request, one reply, in order. Ends with its pool. */
import { hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { hashChunk, READ_AHEAD_BYTES } from './hash-chunk.ts'
import type { HashReply, HashRequest } from './hash-messages.ts'

const port = parentPort
if (port === null) throw new Error('the hash worker runs in a worker thread only')

let buffer: Uint8Array | undefined

function answer(request: HashRequest): HashReply {
  if (request.kind === 'chunk') {
    buffer ??= new Uint8Array(READ_AHEAD_BYTES)
    return { kind: 'chunk', id: request.id, hashed: hashChunk(request.chunk, buffer) }
  }
  const { id, memory, length } = request
  const digest = new Uint8Array(hash('sha1', new Uint8Array(memory, 0, length), 'buffer'))
  return { kind: 'piece', id, memory, length, digest }
}

port.on('message', (request: HashRequest) => {
  const reply = answer(request)
  port.postMessage(reply, reply.kind === 'piece' ? [reply.memory] : [])
})
