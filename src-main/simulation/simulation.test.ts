import { describe, expect, test } from 'vitest'
import { utf8 } from '../kernel/bytes.ts'
import { pause } from '../kernel/clock.ts'
import { codeOf } from '../kernel/errors.ts'
import { SimulationError } from './errors.ts'
import type { SimulatedHost } from './host.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'

const MINUTE = 60_000

/** Hosts in a ring that talk over lossy datagrams, streams, timers and files for a while. */
async function chatter(options: SimulationOptions): Promise<Simulation> {
  const sim = new Simulation({ lossRate: 0.1, duplicationRate: 0.05, ...options })
  const hosts = sim.hostsOf(5)
  const ends = hosts.map(async (host, i) => {
    const next = hosts[(i + 1) % hosts.length] as SimulatedHost
    const udp = await host.datagrams.bind({ host: '0.0.0.0', port: 1 }, (bytes, from) => {
      if ((bytes[0] as number) > 0) udp.send(new Uint8Array([(bytes[0] as number) - 1]), from)
    })
    const listener = await host.streams.listen({ host: '0.0.0.0', port: 1 }, (socket) => ({
      data: (bytes) => socket.write(bytes.slice(0, 10)),
      ended: () => socket.end(),
      closed() {},
    }))
    udp.send(new Uint8Array([20]), { host: next.address, port: 1 })
    await new Promise<void>((resolve) => {
      const socket = host.streams.connect(
        { host: next.address, port: 1 },
        {
          connected: () => socket.write(host.random.bytes(100_000)),
          data: () => socket.end(),
          closed: () => resolve(),
        },
        { timeout: MINUTE },
      )
    })
    await pause(host.clock, 10 * host.random.below(100))
    const file = await host.files.open('/f', 'create')
    await file.write(host.random.bytes(10), 0)
    await file.close()
    await pause(host.clock, 5_000)
    await udp.close()
    await listener.close()
  })
  await sim.within(MINUTE, Promise.all(ends))
  await sim.stop()
  return sim
}

describe('a run', () => {
  test('repeats exactly by seed, and differs with another', async () => {
    const [a, b, other] = [await chatter({ seed: 1 }), await chatter({ seed: 1 }), await chatter({ seed: 2 })]
    expect([b.checksum, b.elapsed, b.events]).toEqual([a.checksum, a.elapsed, a.events])
    expect(a.events).toBeGreaterThan(100)
    expect(other.checksum).not.toBe(a.checksum)
    expect((await chatter({ seed: 1, latency: [10, 101] })).checksum).not.toBe(a.checksum)
  })

  test('takes no real time: a year of virtual time passes in a moment', async () => {
    const sim = new Simulation({ seed: 1 })
    const { clock } = sim.host()
    const wallTime = clock.wallTime()
    const timer = clock.every(60 * MINUTE, () => {})
    await sim.run(365 * 24 * 60 * MINUTE)
    expect(clock.now()).toBe(365 * 24 * 60 * MINUTE)
    expect(clock.wallTime() - wallTime).toBe(clock.now())
    timer.cancel()
    await sim.stop()
  })

  test('lets every promise and microtask that an event sets off run before the next event', async () => {
    const sim = new Simulation({ seed: 1 })
    const { clock } = sim.host()
    const order: string[] = []
    const deep = async (levels: number): Promise<void> => {
      if (levels > 0) await deep(levels - 1)
    }
    clock.after(5, () => {
      void deep(200).then(() => order.push('promise'))
      queueMicrotask(() => queueMicrotask(() => order.push('microtask')))
      process.nextTick(() => process.nextTick(() => order.push('tick')))
    })
    clock.after(5, () => order.push('next event'))
    await sim.run(5)
    expect(order.slice(0, 3).sort()).toEqual(['microtask', 'promise', 'tick'])
    expect(order[3]).toBe('next event')
  })

  test('steps on each other are refused, and an exception in an event comes out', async () => {
    const sim = new Simulation({ seed: 1 })
    const { clock } = sim.host()
    const first = sim.run(10)
    await expect(sim.run(10)).rejects.toThrow('await each step')
    await first
    clock.after(1, () => {
      throw new Error('a bug')
    })
    await expect(sim.run(10)).rejects.toThrow('a bug')
    await sim.stop()
  })
})

describe('waiting', () => {
  test('ends with the promise: its value, its error, at its time', async () => {
    const sim = new Simulation({ seed: 1 })
    const { clock } = sim.host()
    expect(
      await sim.within(
        MINUTE,
        pause(clock, 100).then(() => 'value'),
      ),
    ).toBe('value')
    expect(sim.elapsed).toBe(100)
    const failing = pause(clock, 50).then(() => Promise.reject(new Error('no')))
    await expect(sim.within(MINUTE, failing)).rejects.toThrow('no')
    expect(sim.elapsed).toBe(150)
    clock.after(10, () => {})
    await sim.until(MINUTE, () => clock.now() === 160)
    await sim.stop()
  })

  test('gives up after the virtual time, naming the seed and what is held', async () => {
    const sim = new Simulation({ seed: 4711 })
    const host = sim.host('patient')
    const timer = host.clock.every(1_000, () => {})
    const failure = await sim.within(5_000, new Promise(() => {})).catch((error: unknown) => error)
    expect(codeOf(failure)).toBe('VIRTUAL_TIME_OVER')
    expect(String(failure)).toContain('4711')
    expect(String(failure)).toContain('patient: timer every 1000 ms')
    timer.cancel()
    expect(codeOf(await sim.within(5_000, new Promise(() => {})).catch((error: unknown) => error))).toBe('NOTHING_LEFT')
    await sim.stop()
  })
})

describe('what is left over', () => {
  const left: [string, RegExp, (host: SimulatedHost, sim: Simulation) => Promise<unknown> | unknown][] = [
    ['a timer', /timer after 60000 ms: \(\) => \{/, (host) => host.clock.after(MINUTE, () => {})],
    ['a timer so short that it fires while we stop', /timer after 10 ms/, (host) => host.clock.after(10, () => {})],
    ['a repeated timer', /timer every 5 ms/, (host) => host.clock.every(5, () => {})],
    [
      'a listener',
      /listener on 0\.0\.0\.0:80/,
      (host) => host.streams.listen({ host: '0.0.0.0', port: 80 }, () => undefined),
    ],
    ['a local listener', /listener on \/sock/, (host) => host.localSockets.listen('/sock', () => undefined)],
    [
      'a datagram socket',
      /datagram socket on 0\.0\.0\.0:80/,
      (host) => host.datagrams.bind({ host: '0.0.0.0', port: 80 }, () => {}),
    ],
    ['an open file', /open file \/f/, (host) => host.files.open('/f', 'create')],
    ['a database', /database \/x\.db/, (host) => host.databases.open('/x.db', { synchronous: 'NORMAL' })],
    [
      'an unsettled promise',
      /promise open \/f/,
      (_, sim) => sim.host('slow', { diskDelay: [1e9, 1e9] }).files.open('/f', 'create'),
    ],
  ]

  test.each(left)('%s is reported', async (_, expected, leave) => {
    const sim = new Simulation({ seed: 12 })
    const held = leave(sim.host('h'), sim)
    if (held instanceof Promise) {
      held.catch(() => {})
      await sim.run(1)
    }
    const failure = await sim.stop().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(SimulationError)
    expect(codeOf(failure)).toBe('LEFT_OVER')
    expect(String(failure)).toMatch(expected)
    expect(String(failure)).toContain('seed 12')
  })

  test('both ends of a connection are reported, and who made them', async () => {
    const sim = new Simulation({ seed: 1 })
    const [a, b] = [sim.host('a'), sim.host('b')]
    const handler = { data() {}, closed() {} }
    const listener = await sim.within(
      MINUTE,
      b.streams.listen({ host: b.address, port: 1 }, () => handler),
    )
    a.streams.connect({ host: b.address, port: 1 }, handler, { timeout: MINUTE })
    await sim.run(1_000)
    await sim.within(MINUTE, listener.close())
    const failure = await sim.stop().catch((error: unknown) => error)
    expect(String(failure)).toMatch(/left 2 things/)
    expect(String(failure)).toMatch(/a: socket to 10\.0\.0\.2:1, made .*simulation\.test\.ts/)
    expect(String(failure)).toMatch(/b: socket to 10\.0\.0\.1/)
  })

  test('tracing says for timers and promises too who made them', async () => {
    const sim = new Simulation({ seed: 1, trace: true })
    sim.host('h').clock.after(MINUTE, () => {})
    const failure = await sim.stop().catch((error: unknown) => error)
    expect(String(failure)).toMatch(/timer after .* made .*simulation\.test\.ts/)
  })

  test('what is given back, or under way to its end, is not', async () => {
    const sim = new Simulation({ seed: 1 })
    const [a, b] = [sim.host('a'), sim.host('b')]
    const listener = await sim.within(
      MINUTE,
      b.streams.listen({ host: b.address, port: 1 }, (socket) => ({
        data() {},
        ended: () => socket.end(),
        closed() {},
      })),
    )
    const socket = a.streams.connect({ host: b.address, port: 1 }, { data() {}, closed() {} }, { timeout: MINUTE })
    socket.write(utf8('bye'))
    await sim.run(1_000)
    socket.end()
    a.clock.after(1, () => {}).cancel()
    void listener.close()
    await sim.stop()
  })
})

describe('a program that is killed', () => {
  test('hears nothing more: no timer, no promise, no byte; the other side is reset', async () => {
    const sim = new Simulation({ seed: 1 })
    const [a, b] = [sim.host('a'), sim.host('b')]
    const heard: string[] = []
    const listen = (host: SimulatedHost) =>
      host.streams.listen({ host: '0.0.0.0', port: 1 }, () => ({
        data: () => heard.push('data'),
        closed: () => heard.push('closed'),
      }))
    await sim.within(MINUTE, listen(b))
    const ended: unknown[] = []
    const socket = a.streams.connect(
      { host: b.address, port: 1 },
      { data() {}, closed: (error) => ended.push(codeOf(error)) },
      { timeout: MINUTE },
    )
    await sim.run(1_000)
    b.clock.after(5, () => heard.push('timer'))
    void b.files.open('/f', 'create').then(() => heard.push('file'))
    socket.write(utf8('hello'))
    const again = sim.restart(b)
    await sim.run(10_000)
    expect(heard).toEqual([])
    expect(ended).toEqual(['ECONNRESET'])
    expect(again.address).toBe(b.address)

    void b.files.open('/f', 'create').then(() => heard.push('a call of the dead'))
    b.clock.after(5, () => heard.push('a timer of the dead'))
    const listener = await sim.within(MINUTE, listen(again))
    await sim.run(10_000)
    expect(heard).toEqual([])
    await sim.within(MINUTE, listener.close())
    await sim.stop()
  })

  test('leaves its files and what its databases had committed', async () => {
    const sim = new Simulation({ seed: 1 })
    const host = sim.host()
    host.files.put('/f', utf8('kept'))
    const database = host.databases.open('/x.db', { synchronous: 'FULL' })
    database.exec('CREATE TABLE t (v)')
    database.prepare('INSERT INTO t VALUES (?)').run('committed')
    const again = sim.restart(host)
    expect(again.files.get('/f')).toEqual(utf8('kept'))
    const reopened = again.databases.open('/x.db', { synchronous: 'FULL' })
    expect(reopened.prepare('SELECT v FROM t').all()).toEqual([{ v: 'committed' }])
    reopened.close()
    again.files.put('/x.db', utf8('this was a database once, and is none now'.repeat(20)))
    expect(() => again.databases.open('/x.db', { synchronous: 'FULL' })).toThrow(
      expect.objectContaining({ code: 'SQLITE_NOTADB' }),
    )
    await sim.stop()
  })
})
