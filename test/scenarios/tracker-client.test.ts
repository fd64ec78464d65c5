import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { encodeConnectRequest } from '../../src-main/codec/udp-tracker.ts'
import {
  MAX_CONNECTIONS,
  MAX_TRANSACTIONS,
  TrackerDatagrams,
} from '../../src-main/discovery/tracker/tracker-datagrams.ts'
import { MAX_TRACKERS } from '../../src-main/discovery/tracker/tracker-source.ts'
import { fromHex, toHex } from '../../src-main/kernel/bytes.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { follow, scriptedHttpTracker, scriptedUdpTracker } from './tracker-world.ts'

const peers = fromHex('0a0909091ae1')
const good = () => encodeBencode({ interval: 1_800, 'min interval': 300, complete: 3, incomplete: 4, peers })
/** Nothing takes time on the way, so that times are exact. */
const world = (seed: number) => new Simulation({ seed, latency: [0, 0], jitter: 0 })
const waits = (times: readonly number[]) => times.slice(1).map((at, i) => at - (times[i] as number))

describe('tiers', () => {
  test('the second tier is asked when all of the first have failed, and both are when they come back', async () => {
    const sim = world(1)
    const [one, two] = [sim.host('one'), sim.host('two')]
    const b = await sim.within(SECOND, scriptedHttpTracker(two, 80, good))
    const dead = 'http://one:80/announce'
    const client = follow(sim.host('client'), { tiers: [[dead, 'http://one:81/announce'], ['http://two/announce']] })
    await sim.run(10 * SECOND)
    expect(client.found).toEqual(['10.9.9.9:6881'])
    expect(client.following.status()).toMatchObject([
      { name: dead, tier: 0, state: 'failed', message: expect.stringContaining('(ECONNREFUSED)') },
      { tier: 0, state: 'failed' },
      { tier: 1, state: 'working', seeds: 3, leechers: 4, peers: 1, nextAt: expect.closeTo(30 * MINUTE, -3) },
    ])
    const a = await sim.within(SECOND, scriptedHttpTracker(one, 80, good))
    await sim.run(31 * MINUTE)
    expect(a.requests.map(({ event }) => event)).toEqual(['started'])
    expect(client.following.status().map(({ state }) => state)).toEqual(['working', 'failed', 'idle'])
    await sim.within(6 * SECOND, client.stop())
    expect([a, b].map(({ requests }) => requests.map(({ event }) => event))).toEqual([
      ['started', 'stopped'],
      ['started', 'stopped'],
    ])
    await sim.within(SECOND, Promise.all([a.close(), b.close()]))
    await sim.stop()
  })

  test('with every-tier all tiers are asked at once', async () => {
    const sim = world(2)
    const trackers = await sim.within(
      SECOND,
      Promise.all([80, 81].map((port) => scriptedHttpTracker(sim.host(`t${port}`), port, good))),
    )
    const tiers = trackers.map(({ url }) => [url])
    const client = follow(sim.host('client'), { tiers, announceTo: 'every-tier' })
    await sim.run(SECOND)
    client.following.completed()
    await sim.run(SECOND)
    await sim.within(SECOND, client.stop())
    for (const { requests } of trackers)
      expect(requests.map(({ event }) => event)).toEqual(['started', 'completed', 'stopped'])
    await sim.within(SECOND, Promise.all(trackers.map((tracker) => tracker.close())))
    await sim.stop()
  })

  test('no more trackers are asked than the limit, each URL once, refused ones never', async () => {
    const sim = world(3)
    const many = Array.from({ length: 2 * MAX_TRACKERS }, (_, i) => `http://host:${i + 1}/announce`)
    const client = follow(sim.host('client'), { tiers: [['http://127.0.0.1/admin', 'ftp://x/', ...many], many] })
    const rows = client.following.status()
    expect(rows).toHaveLength(MAX_TRACKERS)
    expect(rows.slice(0, 2)).toMatchObject([
      { state: 'off', message: expect.stringContaining('only the path /announce') },
      { state: 'off', message: expect.stringContaining('only http://') },
    ])
    await sim.within(SECOND, client.stop())
    await sim.stop()
  })
})

describe('times', () => {
  test('a dead tracker is asked again after exactly 5 + 12.5 n² seconds', async () => {
    const sim = world(4)
    const tracker = await sim.within(
      SECOND,
      scriptedHttpTracker(sim.host('t'), 80, () => 'nonsense'),
    )
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(4 * 60 * MINUTE)
    const expected = Array.from({ length: 17 }, (_, i) => Math.min((5 + 12.5 * (i + 1) ** 2) * SECOND, 60 * MINUTE))
    const measured = waits(tracker.requests.map(({ at }) => at))
    expect(measured.length).toBeGreaterThan(8)
    expect(measured).toEqual(expected.slice(0, measured.length))
    expect(tracker.requests.every(({ event }) => event === 'started')).toBe(true)
    await sim.within(SECOND, client.stop())
    expect(tracker.requests.at(-1)?.event, 'no goodbye to a tracker that never knew us').toBe('started')
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('a tracker that is silent is given up after 30 s, and goodbye after 5 s', async () => {
    const sim = world(5)
    let silent = true
    const tracker = await sim.within(
      SECOND,
      scriptedHttpTracker(sim.host('t'), 80, () => (silent ? undefined : good())),
    )
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(29 * SECOND)
    expect(client.following.status()[0]).toMatchObject({ state: 'announcing', nextAt: undefined })
    await sim.run(SECOND)
    expect(client.following.status()[0]).toMatchObject({
      state: 'failed',
      message: 'The tracker 10.0.0.1 did not answer within 30 seconds. Shoal will ask it again later.'.replace(
        '10.0.0.1',
        new URL(tracker.url).host,
      ),
      nextAt: 47_500,
    })
    silent = false
    await sim.run(20 * SECOND)
    expect(client.following.status()[0]?.state).toBe('working')
    silent = true
    const before = sim.elapsed
    await sim.within(6 * SECOND, client.stop())
    expect(sim.elapsed - before).toBe(5 * SECOND)
    expect(client.following.stop()).toBe(client.following.stop())
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('handed over, a tracker that is silent is not waited for, and told nothing', async () => {
    const sim = world(5)
    let silent = false
    const answer = () => (silent ? undefined : good())
    const tracker = await sim.within(SECOND, scriptedHttpTracker(sim.host('t'), 80, answer))
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(SECOND)
    expect(client.following.status()[0]?.state).toBe('working')
    silent = true
    const before = sim.elapsed
    await sim.within(SECOND, client.following.stop('handover'))
    expect(sim.elapsed).toBe(before)
    await sim.within(SECOND, client.stop())
    expect(tracker.requests.map(({ event }) => event)).toEqual(['started'])
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('stopping while an announce is open breaks it off at once', async () => {
    const sim = world(6)
    const tracker = await sim.within(
      SECOND,
      scriptedHttpTracker(sim.host('t'), 80, () => undefined),
    )
    const udp = await sim.within(
      SECOND,
      scriptedUdpTracker(sim.host('u'), 81, () => []),
    )
    const clients = [tracker.url, udp.url].map((url, i) => follow(sim.host(`client${i}`), { tiers: [[url]] }))
    await sim.run(SECOND)
    await sim.within(0, Promise.all(clients.map((client) => client.following.stop())))
    await sim.within(0, Promise.all(clients.map((client) => client.udp.close())))
    expect([tracker.requests.length, udp.received.length]).toEqual([1, 1])
    await sim.within(SECOND, Promise.all([tracker.close(), udp.close()]))
    await sim.stop()
  })

  test('a resolver that never answers holds up neither the time limit nor stop', async () => {
    const sim = world(13)
    const never = { resolve: () => new Promise<never>(() => {}) }
    const tiers = [['udp://t:6969', 'http://t/other']]
    const client = follow(sim.host('client'), { tiers, resolver: never, announceTo: 'first-answering-tier' })
    await sim.run(MINUTE)
    expect(client.following.status().map(({ message }) => message.split('.')[0])).toEqual([
      expect.stringContaining('did not answer within 30 seconds'),
      expect.stringContaining('did not answer within 30 seconds'),
    ])
    await sim.run(SECOND)
    await sim.within(0, client.following.stop())
    await sim.within(SECOND, client.udp.close())
    await sim.stop()
  })

  test('a refresh is made at the minimum interval, the regular announce at the interval', async () => {
    const sim = world(7)
    const tracker = await sim.within(SECOND, scriptedHttpTracker(sim.host('t'), 80, good))
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(MINUTE)
    client.following.refresh()
    client.following.refresh()
    await sim.run(60 * MINUTE)
    expect(waits(tracker.requests.map(({ at }) => at))).toEqual([5 * MINUTE, 30 * MINUTE])
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })
})

describe('what trackers say', () => {
  test('completed is sent exactly once, also when it fails at first, and never by who was complete from the start', async () => {
    const sim = world(8)
    const failsOnce = await sim.within(
      SECOND,
      scriptedHttpTracker(sim.host('t'), 80, (_, count) => (count === 2 ? 'nonsense' : good())),
    )
    const plain = await sim.within(SECOND, scriptedHttpTracker(sim.host('p'), 80, good))
    const leecher = follow(sim.host('leecher'), { tiers: [[failsOnce.url]] })
    const seed = follow(sim.host('seed'), { tiers: [[plain.url]], left: 0 })
    await sim.run(MINUTE)
    leecher.left = 0
    leecher.following.completed()
    await sim.run(90 * MINUTE)
    leecher.following.completed()
    await sim.run(90 * MINUTE)
    const events = (tracker: typeof plain) => tracker.requests.map(({ event }) => event)
    expect(events(failsOnce).slice(0, 4)).toEqual(['started', 'completed', 'completed', 'none'])
    expect(
      events(failsOnce)
        .slice(3)
        .every((event) => event === 'none'),
    ).toBe(true)
    expect(events(plain)).not.toContain('completed')
    await sim.within(SECOND, Promise.all([leecher.stop(), seed.stop()]))
    await sim.within(SECOND, Promise.all([failsOnce.close(), plain.close()]))
    await sim.stop()
  })

  test.each([
    ['text', 'hello'],
    ['five bytes', 'l-3:e'],
    ['nested lists', 'l'.repeat(200_000)],
    ['a length of 4 GiB', '4294967296:x'],
    ['an empty dictionary', 'de'],
    ['more than 1 MiB', 'x'.repeat((1 << 20) + 1)],
    ['nothing', ''],
  ])('nonsense (%s) ends in one sentence and a retry', async (_, body) => {
    const sim = world(9)
    const tracker = await sim.within(
      SECOND,
      scriptedHttpTracker(sim.host('t'), 80, () => body),
    )
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(10 * SECOND)
    const [row] = client.following.status()
    expect(row?.state).toBe('failed')
    expect(row?.message).toMatch(
      /^The tracker \S+ (gave an answer that makes no sense|sent an answer of more than).*\. Shoal will ask it again later\.$/,
    )
    expect(row?.nextAt).toBe(17_500)
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('a refusal is shown; one for ever is obeyed, one for minutes as well', async () => {
    const sim = world(10)
    const refusing = (retry: string) => encodeBencode({ 'failure reason': 'not \u202eregistered', 'retry in': retry })
    const never = await sim.within(
      SECOND,
      scriptedHttpTracker(sim.host('n'), 80, () => refusing('never')),
    )
    const later = await sim.within(
      SECOND,
      scriptedHttpTracker(sim.host('l'), 80, () => refusing('7')),
    )
    const client = follow(sim.host('client'), { tiers: [[never.url], [later.url]] })
    await sim.run(15 * MINUTE)
    expect(client.following.status()).toMatchObject([
      {
        state: 'off',
        message: expect.stringMatching(/refused: not registered\. It will not be asked again\.$/),
        nextAt: undefined,
      },
      { state: 'failed', message: expect.stringMatching(/refused: not registered\. Shoal will ask it again later\.$/) },
    ])
    expect(never.requests).toHaveLength(1)
    expect(waits(later.requests.map(({ at }) => at))).toEqual([7 * MINUTE, 7 * MINUTE])
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, Promise.all([never.close(), later.close()]))
    await sim.stop()
  })

  test('a warning and a tracker id are kept', async () => {
    const sim = world(11)
    const body = encodeBencode({
      interval: 60,
      'min interval': 60,
      peers: '',
      'warning message': 'be kind',
      'tracker id': 'T&1',
    })
    const tracker = await sim.within(
      SECOND,
      scriptedHttpTracker(sim.host('t'), 80, () => body),
    )
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(90 * SECOND)
    expect(client.following.status()).toMatchObject([{ state: 'working', message: 'be kind', peers: 0 }])
    expect(tracker.requests.map(({ target }) => target.includes('&trackerid=T%261'))).toEqual([false, true])
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('a name that leads to this machine is asked only for /announce', async () => {
    const sim = world(12)
    const host = sim.host('client')
    sim.name('rebound', '127.0.0.1')
    const requests: number[] = []
    const listener = await sim.within(
      SECOND,
      host.streams.listen({ host: '127.0.0.1', port: 80 }, (socket) => ({
        data: () => {
          requests.push(host.clock.now())
          socket.destroy()
        },
        closed() {},
      })),
    )
    const client = follow(host, { tiers: [['http://rebound/admin?x'], ['http://rebound/announce']] })
    await sim.run(SECOND)
    expect(client.following.status()).toMatchObject([
      { state: 'failed', message: expect.stringContaining('only the path /announce') },
      { state: 'failed', message: expect.stringContaining('could not be reached') },
    ])
    expect(requests).toHaveLength(1)
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, listener.close())
    await sim.stop()
  })
})

describe('UDP', () => {
  test('a silent tracker is asked at 0 and 15 s and given up at 30 s', async () => {
    const sim = world(20)
    const tracker = await sim.within(
      SECOND,
      scriptedUdpTracker(sim.host('t'), 6969, () => []),
    )
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(40 * SECOND)
    expect(tracker.received.map(({ at }) => at)).toEqual([0, 15 * SECOND])
    expect(client.following.status()[0]).toMatchObject({ state: 'failed', nextAt: 47_500 })
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('answers with another transaction, address or port do not count', async () => {
    const sim = world(21)
    const other = sim.host('other')
    const forger = await sim.within(
      SECOND,
      other.datagrams.bind({ host: other.address, port: 6969 }, () => {}),
    )
    const host = sim.host('t')
    const secondPort = await sim.within(
      SECOND,
      host.datagrams.bind({ host: host.address, port: 7000 }, () => {}),
    )
    const connected = (transaction: string) => fromHex(`00000000${transaction}1111111111111111`)
    const tracker = await sim.within(
      SECOND,
      scriptedUdpTracker(host, 6969, (bytes, from) => {
        const transaction = toHex(bytes.subarray(12, 16))
        forger.send(connected(transaction), from)
        secondPort.send(connected(transaction), from)
        return [connected(transaction.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))), fromHex('00')]
      }),
    )
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(31 * SECOND)
    expect(tracker.received.map(({ bytes }) => bytes.length)).toEqual([16, 16])
    expect(client.following.status()[0]?.message).toContain('did not answer within 30 seconds')
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, Promise.all([tracker.close(), forger.close(), secondPort.close()]))
    await sim.stop()
  })

  test('the connection id is used for 60 s and not longer; late and double answers do no harm', async () => {
    const sim = new Simulation({ seed: 22, latency: [0, 0], jitter: 0, duplicationRate: 1 })
    const actions: string[] = []
    const tracker = await sim.within(
      SECOND,
      scriptedUdpTracker(sim.host('t'), 6969, (bytes) => {
        const transaction = toHex(bytes.subarray(12, 16))
        actions.push(bytes.length === 16 ? 'connect' : 'announce')
        if (bytes.length === 16) return [fromHex(`00000000${transaction}1111111111111111`)]
        return [fromHex(`00000001${transaction}0000003c0000000100000002`)]
      }),
    )
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(10 * SECOND)
    client.following.completed()
    await sim.run(10 * SECOND)
    const once = actions.filter((_, i) => i % 2 === 0)
    expect(once).toEqual(['connect', 'announce', 'announce'])
    await sim.run(MINUTE)
    expect(actions.filter((_, i) => i % 2 === 0).slice(3)).toEqual(['connect', 'announce'])
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test.each([
    ['an error', (t: string) => `00000003${t}6e6f`, /refused: no\. /],
    ['an unknown action', (t: string) => `00000009${t}`, /makes no sense: unknown action 9\. /],
    ['too short an answer', (t: string) => `00000000${t}11`, /makes no sense: .*shorter than 16 bytes\. /],
    ['an answer to another question', (t: string) => `00000002${t}`, /makes no sense: it answers with scrape/],
  ])('%s ends in one sentence', async (_, reply, message) => {
    const sim = world(23)
    const tracker = await sim.within(
      SECOND,
      scriptedUdpTracker(sim.host('t'), 6969, (bytes) => [fromHex(reply(toHex(bytes.subarray(12, 16))))]),
    )
    const client = follow(sim.host('client'), { tiers: [[tracker.url]] })
    await sim.run(SECOND)
    expect(client.following.status()[0]).toMatchObject({ state: 'failed', message: expect.stringMatching(message) })
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('where one address of a tracker is dead, the other family is asked', async () => {
    const sim = world(24)
    const tracker = await sim.within(
      SECOND,
      scriptedUdpTracker(sim.host('t'), 6969, (bytes) => {
        const transaction = toHex(bytes.subarray(12, 16))
        if (bytes.length === 16) return [fromHex(`00000000${transaction}1111111111111111`)]
        return [fromHex(`00000001${transaction}000007080000000100000002`)]
      }),
    )
    sim.name('both', '2001:db8::dead', new URL(tracker.url.replace('udp', 'http')).hostname)
    const client = follow(sim.host('client'), { tiers: [['udp://both:6969/announce']] })
    await sim.run(20 * SECOND)
    expect(client.following.status()[0]).toMatchObject({ state: 'working', seeds: 2, leechers: 1 })
    expect(tracker.received[0]?.at).toBeLessThanOrEqual(15 * SECOND)
    await sim.within(SECOND, client.stop())
    await sim.within(SECOND, tracker.close())
    await sim.stop()
  })

  test('open transactions and kept connection ids are bounded; closing settles what is open', async () => {
    const sim = world(25)
    const host = sim.host('client')
    const udp = new TrackerDatagrams({ datagrams: host.datagrams, clock: host.clock, random: host.random })
    const to = { host: '10.0.0.1', port: 1 }
    const { signal } = new AbortController()
    const ask = () => udp.ask(to, encodeConnectRequest, { wait: MINUTE, signal })
    const all = Array.from({ length: MAX_TRANSACTIONS + 1 }, () => ask().catch((error) => error.code))
    await sim.run(SECOND)
    for (let port = 1; port <= MAX_CONNECTIONS + 1; port++) udp.remember({ ...to, port }, new Uint8Array(8))
    expect([1, 2, MAX_CONNECTIONS + 1].map((port) => udp.connectionOf({ ...to, port }) !== undefined)).toEqual([
      false,
      true,
      true,
    ])
    await sim.within(SECOND, udp.close())
    const outcomes = await sim.within(SECOND, Promise.all(all))
    expect(outcomes.filter((code) => code === 'BUSY')).toHaveLength(1)
    expect(outcomes.filter((code) => code === 'ABORTED')).toHaveLength(MAX_TRANSACTIONS)
    await expect(ask()).rejects.toMatchObject({ code: 'ABORTED' })
    await sim.stop()
  })
})
