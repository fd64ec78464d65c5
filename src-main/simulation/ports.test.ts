import { textOf, utf8 } from '../kernel/bytes.ts'
import {
  type ServedAnswer,
  type ServedRequest,
  type TestBed,
  testsOfClock,
  testsOfDatabases,
  testsOfDatagrams,
  testsOfFiles,
  testsOfHasher,
  testsOfHttpClient,
  testsOfMulticast,
  testsOfStreams,
} from '../kernel/port-tests/index.ts'
import type { SimulatedHost } from './host.ts'
import { Simulation } from './simulation.ts'

const HOUR = 3_600_000

/** One simulated host; closing it ends its program, and checks that the world then is empty. */
function hostBed(sim = new Simulation({ seed: 1 }), host: SimulatedHost = sim.host()) {
  const settle = <T>(promise: Promise<T>) => sim.within(HOUR, promise)
  return { sim, host, settle, close: () => end(sim, host) }
}

async function end(sim: Simulation, ...hosts: SimulatedHost[]): Promise<void> {
  for (const host of hosts) sim.kill(host)
  await sim.stop()
}

function clockBed() {
  const { host, settle, close } = hostBed()
  return { settle, close, clock: host.clock }
}

function streamsBed() {
  const { sim, host, settle, close } = hostBed()
  const silent = sim.host('silent')
  sim.partition(host, silent)
  const nowhere = { host: silent.address, port: 80 }
  return { settle, close, host: host.address, streams: host.streams, silent: async () => nowhere }
}

function datagramsBed() {
  const { host, settle, close } = hostBed()
  return { settle, close, host: host.address, datagrams: host.datagrams }
}

function multicastBed() {
  const { host, settle, close } = hostBed()
  const addresses = host.localAddresses.list().filter(({ internal }) => internal)
  const group = { host: '239.255.67.71', port: 46_771 }
  return { settle, close, group, addresses, datagrams: host.datagrams, tag: '' }
}

function drivenBed() {
  const { host, settle, close } = hostBed(new Simulation({ seed: 1 }))
  const ready = settle(host.files.makeDirectory('/root'))
  const link = async (target: string, path: string) => host.files.symlink(target, path)
  const { files, databases, hasher } = host
  return ready.then(() => ({ settle, close, root: '/root', link, files, databases, hasher }))
}

/** A server of one answer for each connection, on the same host. */
async function httpBed(): Promise<
  TestBed & {
    http: SimulatedHost['http']
    serve(answer: (r: ServedRequest) => ServedAnswer): Promise<string>
    nobody: string
  }
> {
  const { sim, host, settle } = hostBed()
  const server = sim.host('server')
  const closers: (() => Promise<void>)[] = []
  const serve = async (answer: (request: ServedRequest) => ServedAnswer) => {
    const listener = await settle(
      server.streams.listen({ host: '0.0.0.0', port: 0 }, (socket) => {
        let head = ''
        return {
          data(bytes) {
            head += textOf(bytes)
            if (!head.endsWith('\r\n\r\n')) return
            const [first = '', ...lines] = head.trimEnd().split('\r\n')
            const pairs = lines.map((line) => line.split(/: ?(.*)/).slice(0, 2))
            const headers = Object.fromEntries(pairs.map(([name = '', value = '']) => [name.toLowerCase(), value]))
            const said = answer({ path: first.split(' ')[1] ?? '', headers })
            if (said === 'never') return
            if (said === 'breaks off') {
              socket.write(utf8('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this'))
              socket.end()
              return
            }
            const more = Object.entries(said.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`)
            socket.write(utf8(`HTTP/1.1 ${said.status} X\r\n${more.join('')}\r\n`), said.body ?? new Uint8Array(0))
            socket.end()
          },
          ended: () => socket.destroy(),
          closed() {},
        }
      }),
    )
    closers.push(() => settle(listener.close()))
    return `http://${server.address}:${listener.local.port}`
  }
  const close = async () => {
    for (const closeOne of closers) await closeOne()
    await end(sim, host, server)
  }
  return { settle, close, http: host.http, serve, nobody: `http://${server.address}:9` }
}

testsOfClock('the simulated clock', clockBed)
testsOfStreams('simulated TCP', streamsBed)
testsOfDatagrams('simulated UDP', datagramsBed)
testsOfMulticast('simulated UDP', multicastBed)
testsOfFiles('the simulated drive', drivenBed)
testsOfDatabases('SQLite in memory', drivenBed)
testsOfHasher('the inline hasher', drivenBed)
testsOfHttpClient('the simulated HTTP client', httpBed)
