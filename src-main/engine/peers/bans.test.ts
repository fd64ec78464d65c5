import { describe, expect, test } from 'vitest'
import { SECOND } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { Bans, MAX_BANS } from './bans.ts'

function kept(hosts: string[] = []) {
  const rows = new Map(hosts.map((host) => [host, 1]))
  return {
    rows,
    add: (host: string, bannedAt: number) => void rows.set(host, bannedAt),
    remove: (host: string) => void rows.delete(host),
    list: () => [...rows].map(([host, bannedAt]) => ({ host, bannedAt })),
  }
}

describe('bans', () => {
  const sim = new Simulation({ seed: 1 })
  const { clock } = sim.host()

  test('an address is banned however it is written, and kept until it is taken back', () => {
    const repository = kept()
    const bans = new Bans(repository, clock)
    let told = 0
    bans.watchers.add(() => told++)
    expect(bans.add(' [2001:DB8:0::1] ')).toBe('2001:db8::1')
    expect(bans.add('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(bans.add('192.0.2.1')).toBe('192.0.2.1')
    expect(['2001:db8::1', '2001:0db8::0001', '192.0.2.1', '192.0.2.2'].map((host) => bans.has(host))).toEqual([
      ...[true, true, true, false],
    ])
    expect([[...repository.rows.keys()], told]).toEqual([['2001:db8::1', '192.0.2.1'], 2])
    expect(new Bans(repository, clock).has('192.0.2.1')).toBe(true)
    bans.remove('2001:db8:0:0::1')
    expect([bans.has('2001:db8::1'), bans.list().map(({ host }) => host), told]).toEqual([false, ['192.0.2.1'], 3])
  })

  test.each(['', 'host.example', '1.2.3', '192.0.2.1:80', '0x7f.1', '1.2.3.4 5.6.7.8'])('%j is refused', (host) => {
    expect(() => new Bans(kept(), clock).add(host)).toThrow(expect.objectContaining({ code: 'BAD_HOST' }))
  })

  test('their number is bounded', () => {
    const many = Array.from({ length: MAX_BANS }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
    const bans = new Bans(kept(many), clock)
    expect(() => bans.add('192.0.2.1')).toThrow(expect.objectContaining({ code: 'TOO_MANY_BANS' }))
    expect(bans.add('10.0.0.1')).toBe('10.0.0.1')
    expect(bans.has('192.0.2.1')).toBe(false)
  })

  test('a ban that cannot be kept is none', () => {
    const repository = {
      ...kept(),
      add: () => {
        throw new Error('full')
      },
    }
    const bans = new Bans(repository, clock)
    expect(() => bans.add('192.0.2.1')).toThrow('full')
    expect(bans.has('192.0.2.1')).toBe(false)
  })
})

test('nothing is dialled at a banned address, and nothing taken from it', async () => {
  const sim = new Simulation({ seed: 2 })
  const [us, them] = sim.hostsOf(2) as [ReturnType<Simulation['host']>, ReturnType<Simulation['host']>]
  const bans = new Bans(kept(), us.clock)
  const streams = bans.streams(us.streams)
  const closed: string[] = []
  const handler = (name: string) => ({
    data() {},
    closed: (error?: Error) => void closed.push(`${name} ${(error as { code?: string } | undefined)?.code}`),
  })
  let accepted = 0
  const listeners = await sim.within(
    SECOND,
    Promise.all([
      streams.listen({ host: us.address, port: 1 }, (socket) => {
        accepted++
        return { ...handler('in'), ended: () => socket.destroy() }
      }),
      them.streams.listen({ host: them.address, port: 1 }, () => handler('there')),
    ]),
  )
  bans.add(them.address)
  const dialled = streams.connect({ host: them.address, port: 1 }, handler('out'), { timeout: 5 * SECOND })
  expect(closed).toEqual([])
  dialled.write(new Uint8Array(3))
  dialled.destroy()
  const knocking = them.streams.connect({ host: us.address, port: 1 }, handler('knock'), { timeout: 5 * SECOND })
  await sim.run(SECOND)
  expect(accepted).toBe(0)
  expect(closed[0]).toBe('out EACCES')
  expect(closed.filter((line) => line.startsWith('out'))).toHaveLength(1)
  bans.remove(them.address)
  const second = them.streams.connect({ host: us.address, port: 1 }, handler('second'), { timeout: 5 * SECOND })
  await sim.run(SECOND)
  expect(accepted).toBe(1)
  for (const socket of [knocking, second]) socket.destroy()
  await sim.within(SECOND, Promise.all(listeners.map((listener) => listener.close())))
  await sim.stop()
})
