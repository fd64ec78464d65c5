import { describe, expect, test } from 'vitest'
import { type ObjectHost, ObjectNetwork } from './object-network.ts'

interface Note {
  readonly text: string
}

const SIZE = 100

function networkOf(options: { seed?: number; lossRate?: number; jitter?: number } = {}) {
  const network = new ObjectNetwork<Note>({
    ...{ seed: 1, latency: [40, 40], ...options },
    fold: ({ text }, checksum) => checksum.fold(text.charCodeAt(0)),
  })
  const log: string[] = []
  const host = (n: number): ObjectHost<Note> => {
    const made = network.host(`20.0.0.${n}`)
    made.received = ({ text }, from) => log.push(`${network.elapsed}: ${text} to ${n} from ${from.publicAddress}`)
    return made
  }
  return { network, log, hosts: [host(1), host(2)] as const }
}

describe('a network of objects', () => {
  test('carries each in the time of the distance, and counts', async () => {
    const { network, log, hosts } = networkOf()
    hosts[0].send(hosts[1], { text: 'hello' }, SIZE)
    await network.run(39)
    expect(log).toEqual([])
    await network.settle()
    expect(log).toEqual(['40: hello to 2 from 20.0.0.1'])
    expect([network.delivered, network.deliveredBytes, network.events]).toEqual([1, SIZE, 1])
  })

  test('cuts and heals, also what is under way', async () => {
    const { network, log, hosts } = networkOf()
    hosts[0].send(hosts[1], { text: 'under way' }, SIZE)
    network.partition([hosts[0]], [hosts[1]])
    hosts[0].send(hosts[1], { text: 'cut' }, SIZE)
    await network.settle()
    expect(log).toEqual([])
    network.heal()
    hosts[0].send(hosts[1], { text: 'healed' }, SIZE)
    expect(await network.until(1_000, () => log.length === 1)).toBe(true)
    expect(await network.until(1_000, () => log.length === 2)).toBe(false)
  })

  test('loses its part of the messages', async () => {
    const { network, hosts } = networkOf({ lossRate: 0.25 })
    for (let i = 0; i < 1_000; i++) hosts[0].send(hosts[1], { text: 'x' }, SIZE)
    await network.settle()
    expect(network.delivered).toBeGreaterThan(700)
    expect(network.delivered).toBeLessThan(800)
  })

  test('a host that is killed hears nothing, says nothing, and its timers are gone', async () => {
    const { network, log, hosts } = networkOf()
    const [alive, dead] = hosts
    dead.clock.after(10, () => log.push('a timer of the dead'))
    network.clock.after(20, () => log.push('a timer of the experiment'))
    alive.send(dead, { text: 'under way' }, SIZE)
    dead.kill()
    dead.kill()
    alive.send(dead, { text: 'too late' }, SIZE)
    dead.send(alive, { text: 'from the dead' }, SIZE)
    await network.settle()
    expect(log).toEqual(['a timer of the experiment'])
    expect(network.delivered).toBe(0)
  })

  test('the same run has the same checksum; another message, another seed a different one', async () => {
    const sum = async (text: string, seed: number) => {
      const { network, hosts } = networkOf({ seed, jitter: 0.5 })
      hosts[0].send(hosts[1], { text }, SIZE)
      await network.settle()
      return network.checksum
    }
    const first = await sum('a', 1)
    expect(await sum('a', 1)).toBe(first)
    expect(await sum('b', 1)).not.toBe(first)
    expect(await sum('a', 2)).not.toBe(first)
  })
})
