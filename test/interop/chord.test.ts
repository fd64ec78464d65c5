/**
 * The ring of Chord among whole programs on loopback, each at an address of its own, with nothing else to find each other by:
 * torrents and values find their way through it, whoever is killed meanwhile.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { toHex, utf8 } from '../../src-main/kernel/bytes.ts'
import type { SearchState } from '../../src-shared/contract/overlays.ts'
import { ChordDaemon, LIMIT, ownerOf, untilWhole } from './support/chord-daemon.ts'
import { content, expectSame } from './support/data.ts'
import { eventually } from './support/kademlia-nodes.ts'
import { Machine } from './support/machine.ts'
import type { Line } from './support/shoal-command.ts'

/** Of a whole test; its waits have limits of their own. */
const TEST_LIMIT = 600_000
const NAMES = ['first', 'second', 'third', 'fourth', 'fifth'] as const
/** The owner of a key and the three behind it. */
const COPIES = 4
const FILE_BYTES = 300_000
const PIECE_BYTES = 16_384

type Five = readonly [ChordDaemon, ChordDaemon, ChordDaemon, ChordDaemon, ChordDaemon]

/** 127.`n`.0.1 has places of its own. */
function daemonAt(machine: Machine, name: string, n: number): ChordDaemon {
  return new ChordDaemon(machine, name, `127.${n}.0.1`)
}

/** Five that have joined one ring, one after the other by way of the first. */
async function fiveOnARing(machine: Machine): Promise<Five> {
  const daemons = NAMES.map((name, n) => daemonAt(machine, name, n + 1))
  const [first, ...others] = daemons as unknown as Five
  await first.start()
  await first.until('that it is a member', ({ phase }) => phase === 'member')
  for (const daemon of others) await daemon.start('--chord-join', first.endpoint)
  await untilWhole(machine, daemons)
  return daemons as unknown as Five
}

interface Torrent {
  /** Path of the .torrent, which names nobody. */
  readonly file: string
  readonly infoHash: string
  /** The folder with the data. */
  readonly directory: string
}

/** A file whose key belongs to one of those that `fits`: made anew until it does. */
async function torrentOf(machine: Machine, fits: (infoHash: string) => boolean): Promise<Torrent> {
  const directory = machine.path('original')
  await mkdir(directory)
  for (let salt = 0; ; salt++) {
    const bytes = content(FILE_BYTES, salt)
    const pieces = Array.from({ length: Math.ceil(bytes.length / PIECE_BYTES) }, (_, n) =>
      createHash('sha1')
        .update(bytes.subarray(n * PIECE_BYTES, (n + 1) * PIECE_BYTES))
        .digest(),
    )
    const info = {
      length: bytes.length,
      name: utf8('data.bin'),
      'piece length': PIECE_BYTES,
      pieces: Buffer.concat(pieces),
    }
    const infoHash = createHash('sha1').update(encodeBencode(info)).digest('hex')
    if (!fits(infoHash)) continue
    await writeFile(`${directory}/data.bin`, bytes)
    const file = machine.path('data.torrent')
    await writeFile(file, encodeBencode({ info }))
    return { file, infoHash, directory }
  }
}

/** A value whose key belongs to one of those that `fits`. */
function itemOf(fits: (target: string) => boolean) {
  for (let salt = 0; ; salt++) {
    const value = new Uint8Array(encodeBencode(`of the ring ${salt}`))
    const target = createHash('sha1').update(value).digest('hex')
    if (fits(target)) return { value, target }
  }
}

/** Seeds it, and waits until those that keep its key have heard of it. */
async function seed(daemon: ChordDaemon, all: readonly ChordDaemon[], { file, infoHash, directory }: Torrent) {
  await daemon.clients.torrents.add({ source: { path: file }, directory, useExisting: true })
  await daemon.untilRow(infoHash, 'it seeds', ({ state }) => state === 'seeding')
  const holders = () => all.filter(({ ring }) => (ring?.infoHashes ?? 0) > 0).length
  await daemon.machine.until(LIMIT, `${COPIES} hosts know who seeds`, () => holders() >= COPIES)
}

async function download(daemon: ChordDaemon, { file, infoHash, directory }: Torrent): Promise<void> {
  await daemon.clients.torrents.add({ source: { path: file }, directory: daemon.downloads })
  await daemon.untilRow(infoHash, 'it has all', ({ state }) => state === 'seeding')
  await expectSame(directory, daemon.downloads)
}

/** The owner, as `overlay chord lookup` tells it. */
function firstOf({ closest }: Line): string | undefined {
  return (closest as readonly { readonly address: string }[])[0]?.address
}

/** Begins a search for peers. @returns its latest state */
async function searchPeers(daemon: ChordDaemon, target: string): Promise<() => SearchState | undefined> {
  const { overlays } = daemon.clients
  const { search } = await overlays.startSearch({ overlay: 'chord', target, method: 'get_peers' })
  let latest: SearchState | undefined
  overlays.search(
    { search },
    {
      next: ([state]) => {
        latest = state
        daemon.machine.notify()
      },
      failed: () => {},
    },
  )
  return () => latest
}

async function valueAt(daemon: ChordDaemon, target: string): Promise<string> {
  const { value } = await daemon.asked(`gets ${target}`, daemon.clients.overlays.get({ overlay: 'chord', target }))
  return toHex(value)
}

describe.concurrent('five Shoals that have nothing but a ring', { timeout: TEST_LIMIT }, () => {
  test('move a torrent, though the holder of its key is killed in the middle of the search; a sixth gets it later', async (context) => {
    const machine = await Machine.start(context)
    const five = await fiveOnARing(machine)
    const [seeder, leecher, ...bystanders] = five
    const torrent = await torrentOf(machine, (key) => bystanders.includes(ownerOf(key, five)))
    await seed(seeder, five, torrent)

    const owner = ownerOf(torrent.infoHash, five)
    // Lists further back learn of the last joiner a little later.
    for (const manner of [[], ['--recursive']])
      await leecher.untilSaid('that it finds the owner', (line) => firstOf(line) === owner.endpoint, [
        ...['overlay', 'chord', 'lookup', torrent.infoHash, ...manner],
      ])
    // Frozen it is asked, and does not answer: so it dies in the middle of the search.
    owner.freeze()
    const search = await searchPeers(leecher, torrent.infoHash)
    const copied = download(leecher, torrent)
    await machine.until(LIMIT, 'the search waits for the owner', () =>
      search()?.steps.some(({ address, state }) => address === owner.endpoint && state === 'asked'),
    )
    expect(search()?.state).toBe('running')
    await owner.kill()
    await copied
    const over = await machine.until(LIMIT, 'the search ends', () => {
      const state = search()
      return state?.state === 'done' && state
    })
    expect(over.found).toContain(seeder.endpoint)

    const left = five.filter((daemon) => daemon !== owner)
    await untilWhole(machine, left)
    const sixth = daemonAt(machine, 'sixth', 6)
    await sixth.start('--chord-join', leecher.endpoint)
    await download(sixth, torrent)
    await untilWhole(machine, [...left, sixth])
    const trackers = await sixth.trackers(torrent.infoHash)
    const states = Object.fromEntries(trackers.map(({ name, state }) => [name, state]))
    expect(states).toMatchObject({ DHT: 'off', Chord: 'working', 'Local network': 'off' })
    expect(trackers.find(({ name }) => name === 'Chord')?.peers).toBeGreaterThan(0)
  })

  test('give a value back after its owner was killed', async (context) => {
    const machine = await Machine.start(context)
    const five = await fiveOnARing(machine)
    const [putter, getter, ...bystanders] = five
    const { value, target } = itemOf((key) => bystanders.includes(ownerOf(key, five)))
    const put = await putter.asked('puts', putter.clients.overlays.put({ overlay: 'chord', value }))
    expect(put.target).toBe(target)
    expect(put.stored).toBeGreaterThan(1)
    const owner = ownerOf(target, five)
    await owner.until('it has the value', ({ items }) => items === 1)
    await owner.kill()
    expect(await valueAt(getter, target)).toBe(toHex(value))
    const left = five.filter((daemon) => daemon !== owner)
    await untilWhole(machine, left)
    // Copied again: of the four that are left each has one.
    for (const daemon of left) await daemon.until('it has a copy', ({ items }) => items === 1)
    expect(await valueAt(getter, target)).toBe(toHex(value))
  })

  test('all killed at once find each other again and have their keys; so does one that was ended and started', async (context) => {
    const machine = await Machine.start(context)
    const five = await fiveOnARing(machine)
    const [putter] = five
    const targets: string[] = []
    for (const salt of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { overlays } = putter.clients
      const put = overlays.put({ overlay: 'chord', value: new Uint8Array(encodeBencode(`kept ${salt}`)) })
      targets.push((await putter.asked('puts', put)).target)
    }
    const kept = () => five.reduce((sum, { ring }) => sum + (ring?.items ?? 0), 0)
    await machine.until(LIMIT, 'each value is there four times', () => kept() >= COPIES * targets.length)
    const isWritten = ({ ring, written: { items, hosts } }: ChordDaemon) => items >= (ring?.items ?? 0) && hosts > 0
    await eventually(() => five.every(isWritten), LIMIT, 'that all is on the disks')
    await Promise.all(five.map((daemon) => daemon.kill()))
    // Nobody is told of the others.
    const [first, ...others] = five
    await first.start()
    await first.until('that it is a member', ({ phase }) => phase === 'member')
    await Promise.all(others.map((daemon) => daemon.start()))
    await untilWhole(machine, five)
    for (const [n, target] of targets.entries())
      expect(await valueAt(five[n % five.length] as ChordDaemon, target)).toBe(toHex(encodeBencode(`kept ${n + 1}`)))

    await first.stop()
    await untilWhole(machine, others)
    await first.start()
    await untilWhole(machine, five)
    for (const [n, target] of targets.entries())
      expect(await valueAt(first, target)).toBe(toHex(encodeBencode(`kept ${n + 1}`)))
  })
})
