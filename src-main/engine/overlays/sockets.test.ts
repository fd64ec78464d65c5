import { expect, test } from 'vitest'
import { silentLog } from '../../kernel/log.ts'
import { type Endpoint, formatEndpoint } from '../../kernel/network.ts'
import { PORTS_TRIED, Sockets } from './sockets.ts'

function world() {
  const taken = new Set<string>()
  const events: string[] = []
  const open = async ({ host, port }: Endpoint) => {
    const local = { host, port: port || 50_000 }
    const name = formatEndpoint(local)
    if (taken.has(name)) throw Object.assign(new Error(name), { code: 'EADDRINUSE' })
    if (host === '8.8.8.8') throw Object.assign(new Error(name), { code: 'EADDRNOTAVAIL' })
    taken.add(name)
    events.push(`open ${name}`)
    const close = async () => {
      events.push(`close ${name}`)
      taken.delete(name)
    }
    return { local, close }
  }
  return { taken, events, sockets: new Sockets({ open, log: silentLog }) }
}

test('who stands at the same place shares a socket, and the last one closes it', async () => {
  const { events, sockets } = world()
  const [first, second] = await Promise.all([sockets.hold('0.0.0.0', 6881), sockets.hold('0.0.0.0', 6881)])
  expect(first.socket).toBe(second.socket)
  await first.release()
  await first.release()
  expect(events).toEqual(['open 0.0.0.0:6881'])
  const third = await sockets.hold('0.0.0.0', 6881)
  await second.release()
  await third.release()
  expect(events).toEqual(['open 0.0.0.0:6881', 'close 0.0.0.0:6881'])
  expect(sockets.open).toEqual([])
})

test('one that is let go while another asks for it is opened anew, after it has closed', async () => {
  const { events, sockets } = world()
  const first = await sockets.hold('0.0.0.0', 6881)
  const [, second] = await Promise.all([first.release(), sockets.hold('0.0.0.0', 6881)])
  expect(events).toEqual(['open 0.0.0.0:6881', 'close 0.0.0.0:6881', 'open 0.0.0.0:6881'])
  await second.release()
})

test('another port is another socket; any port is the one that others have', async () => {
  const { events, sockets } = world()
  const held = [await sockets.hold('0.0.0.0', 6881), await sockets.hold('0.0.0.0', 6999), await sockets.hold('::1', 0)]
  expect(events).toEqual(['open 0.0.0.0:6881', 'open 0.0.0.0:6999', 'open [::1]:6881'])
  for (const each of held) await each.release()
})

test('a port that somebody holds: the next free one, at last any', async () => {
  const { taken, sockets } = world()
  taken.add('0.0.0.0:6881')
  const first = await sockets.hold('0.0.0.0', 6881)
  expect(first.socket.local.port).toBe(6882)
  await first.release()
  for (let port = 0; port <= PORTS_TRIED; port++) taken.add(`0.0.0.0:${6881 + port}`)
  const second = await sockets.hold('0.0.0.0', 6881)
  expect(second.socket.local.port).toBe(50_000)
  await second.release()
  taken.add('0.0.0.0:50000')
  await expect(sockets.hold('0.0.0.0', 6881)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await expect(sockets.hold('8.8.8.8', 6881)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  expect(sockets.open).toEqual([])
})
