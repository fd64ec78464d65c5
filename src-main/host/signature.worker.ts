/** The worker thread that checks signatures: one request, one reply, in order. Ends with its pool. */
import { parentPort } from 'node:worker_threads'
import { type SignatureReply, type SignatureRequest, unpackChecks } from './signature-messages.ts'
import { createSignatureVerifier } from './signature-verifier.ts'

const port = parentPort
if (port === null) throw new Error('the signature worker runs in a worker thread only')

const verifier = createSignatureVerifier()

port.on('message', ({ id, records }: SignatureRequest) => {
  const good = Uint8Array.from(unpackChecks(records), (check) => (verifier.verify(check) ? 1 : 0))
  const reply: SignatureReply = { id, good }
  port.postMessage(reply, [good.buffer])
})
