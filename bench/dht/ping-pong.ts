/** The limit: datagrams of the size of a ping to and fro between two bare sockets of node:dgram in one process. */
import dgram from 'node:dgram'
import { once } from 'node:events'

const IN_FLIGHT = 64
const BYTES = 64

export async function pingPong(roundTrips: number): Promise<{ messages: number; seconds: number; cpuSeconds: number }> {
  const [a, b] = [dgram.createSocket('udp4'), dgram.createSocket('udp4')]
  await Promise.all(
    [a, b].map((socket) => {
      socket.bind(0, '127.0.0.1')
      return once(socket, 'listening')
    }),
  )
  const datagram = Buffer.alloc(BYTES)
  const [toA, toB] = [a.address().port, b.address().port]
  b.on('message', () => b.send(datagram, toA, '127.0.0.1'))
  let back = 0
  let sent = 0
  const from = performance.now()
  const cpu = process.cpuUsage()
  const done = new Promise<void>((resolve) => {
    a.on('message', () => {
      back++
      if (sent < roundTrips) {
        sent++
        a.send(datagram, toB, '127.0.0.1')
      } else if (back === roundTrips) resolve()
    })
  })
  for (; sent < IN_FLIGHT; sent++) a.send(datagram, toB, '127.0.0.1')
  await done
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - from) / 1_000
  a.close()
  b.close()
  return { messages: 2 * roundTrips, seconds, cpuSeconds: (user + system) / 1e6 }
}
