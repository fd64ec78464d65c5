import net from 'node:net'
import { expect, test } from 'vitest'
import { bytesEqual, utf8 } from '../kernel/bytes.ts'
import { patternBytes, StreamProbe } from '../kernel/port-tests/index.ts'
import { NodeStream } from './node-stream.ts'

test('where a socket cannot be given a buffer, it is read in the ordinary way', async () => {
  const probe = new StreamProbe()
  const sent = patternBytes(3_000_000)
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    const stream = NodeStream.reading(socket, { host: '127.0.0.1', port: 1 })
    stream.attach(probe)
    stream.resumeReading()
    probe.react.ended = () => {
      stream.write(utf8('thanks'))
      stream.end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
  const answer: Buffer[] = []
  client.on('data', (chunk) => answer.push(chunk))
  client.end(sent)
  await probe.untilEvent('closed')
  expect(bytesEqual(probe.received(), sent)).toBe(true)
  expect(probe.violations).toEqual([])
  await new Promise((resolve) => (client.closed ? resolve(undefined) : client.once('close', resolve)))
  expect(Buffer.concat(answer).toString()).toBe('thanks')
  server.close()
})
