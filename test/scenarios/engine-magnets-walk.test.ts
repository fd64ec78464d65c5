/**
 * Random orders over two torrents of one engine, added now by link, now by .torrent, while files stand in the way, drives
 * come and go, the database refuses, connections break and the process is killed. What must hold all the time: no
 * torrent is in the list twice, every refusal is a sentence; at the end
 * everything completes and nothing is left over.
 */
import { expect, test } from 'vitest'
import type { TorrentState } from '#shared/contract/torrents.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { plainError } from '../../src-main/serving/service-server.ts'
import type { SeededRandom } from '../../src-main/simulation/random.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node } from './engine-world.ts'

const KIB = 1024
const FOLDER = '/media/usb'
const STEPS = 400
const SEEDS = process.env.SHOAL_LONG === '1' ? Array.from({ length: 60 }, (_, n) => 2_000 + n) : [1, 2, 3, 4]
const ALONE = { dht: 'off', localDiscovery: false } as const

interface Shared {
  readonly id: string
  readonly name: string
  readonly link: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contents: readonly Uint8Array[]
}

class Walk {
  private readonly sim: Simulation
  private readonly node: Node
  private readonly all: readonly Shared[]
  private readonly random: SeededRandom
  private readonly visited: Set<TorrentState>
  private readonly orders = new Set<Promise<void>>()
  private readonly done: string[] = []
  private mounted = true

  constructor(sim: Simulation, node: Node, all: readonly Shared[], visited: Set<TorrentState>) {
    this.sim = sim
    this.node = node
    this.all = all
    this.visited = visited
    this.random = sim.random.split('walk')
  }

  async step(): Promise<void> {
    const shared = this.all[this.random.below(this.all.length)] as Shared
    const weights = Object.entries(this.kinds).flatMap(([name, { weight }]) =>
      Array.from({ length: weight }, () => name),
    )
    const name = weights[this.random.below(weights.length)] as keyof Walk['kinds']
    this.done.push(`${name} ${shared.name}`)
    await this.kinds[name].run(shared)
    await this.sim.run(this.random.below(3) === 0 ? this.random.below(15 * SECOND) : this.random.below(300))
    this.check()
  }

  private readonly kinds = {
    link: {
      weight: 6,
      run: (shared: Shared) => this.add({ magnet: this.chance(3) ? `${shared.link}&so=1` : shared.link }),
    },
    torrentFile: { weight: 2, run: ({ bytes }: Shared) => this.add({ bytes }) },
    remove: { weight: 3, run: (shared: Shared) => this.remove(shared) },
    pause: { weight: 3, run: ({ id }: Shared) => this.order(() => this.calls.pause({ id })) },
    resume: { weight: 5, run: ({ id }: Shared) => this.order(() => this.calls.resume({ id })) },
    recheck: { weight: 1, run: ({ id }: Shared) => this.order(() => this.calls.recheck({ id })) },
    select: { weight: 3, run: (shared: Shared) => this.select(shared) },
    peers: {
      weight: 2,
      run: ({ id }: Shared) => this.order(() => this.calls.addPeers({ id, peers: ['10.0.0.1:6881'] })),
    },
    moreTrackers: {
      weight: 1,
      run: ({ link }: Shared) => this.add({ magnet: `${link}&tr=http://t.invalid/announce` }),
    },
    inTheWay: { weight: 2, run: (shared: Shared) => this.putInTheWay(shared) },
    drive: { weight: 2, run: () => this.moveDrive() },
    fullDatabase: { weight: 1, run: async () => this.node.host.databases.refuse('SQLITE_FULL') },
    goodDatabase: { weight: 3, run: async () => this.node.host.databases.refuse(undefined) },
    reset: { weight: 2, run: async () => this.sim.resetConnections(this.node.host) },
    consent: { weight: 1, run: () => this.consent() },
    kill: { weight: 1, run: () => this.kill() },
    restart: { weight: 1, run: () => this.restart() },
  }

  private chance(of: number): boolean {
    return this.random.below(of) === 0
  }

  private get calls() {
    return this.node.engine.services.torrents
  }

  private add(source: { magnet: string } | { bytes: Uint8Array<ArrayBuffer> }): Promise<void> {
    const [paused, useExisting] = [this.chance(5), this.chance(2)]
    const files = this.chance(4) ? { files: [this.random.below(3)] } : {}
    return this.order(() => this.calls.add({ source, directory: FOLDER, paused, useExisting, peers: [], ...files }))
  }

  private remove({ id }: Shared): Promise<void> {
    return this.order(() => this.calls.remove({ id, data: this.chance(2) ? 'keep' : 'trash' }))
  }

  private select({ id }: Shared): Promise<void> {
    const files = [0, 1, 2].filter(() => this.chance(2))
    return this.order(() => this.calls.selectFiles({ id, files }))
  }

  /** Gives an order; waits for it now and then only. */
  private async order(call: () => Promise<unknown>): Promise<void> {
    const answered = call().then(
      () => {},
      (error: unknown) => {
        const { code, message } = plainError(error)
        expect(message, `${code} after ${this.done.slice(-6).join(', ')}`).toMatch(/^\S+ .*[.;:] .*\.$/)
      },
    )
    this.orders.add(answered)
    answered.finally(() => this.orders.delete(answered)).catch(() => {})
    if (this.chance(2)) await this.sim.within(10 * MINUTE, answered)
    expect(this.node.host.program.isAlive).toBe(true)
  }

  /** Somebody puts a file where the torrent would write, unless one is there. */
  private async putInTheWay({ name, contents }: Shared): Promise<void> {
    const path = `${FOLDER}/${name}/0.bin`
    if (this.mounted && this.node.host.files.get(path) === undefined)
      this.node.host.files.put(path, contents[0] as Uint8Array)
  }

  private async moveDrive(): Promise<void> {
    this.mounted = !this.mounted
    if (this.mounted) this.node.host.files.mount(FOLDER)
    else this.node.host.files.unmount(FOLDER)
  }

  private consent(): Promise<void> {
    const networkConsent = this.chance(3) ? ('refused' as const) : ('granted' as const)
    return this.order(() => this.node.engine.services.settings.set({ networkConsent }))
  }

  private async kill(): Promise<void> {
    this.node.host.databases.refuse(undefined)
    this.orders.clear()
    await this.node.kill()
  }

  private async restart(): Promise<void> {
    this.node.host.databases.refuse(undefined)
    await this.sim.within(10 * MINUTE, Promise.all(this.orders))
    await this.node.stop()
    await this.node.begin()
  }

  private check(): void {
    const rows = this.node.rows()
    const after = this.done.slice(-8).join(', ')
    expect(new Set(rows.map(({ id }) => id)).size, after).toBe(rows.length)
    for (const { id, state, reason, selected, done, metadata } of rows) {
      this.visited.add(state)
      expect(done, after).toBeLessThanOrEqual(selected)
      expect(state === 'error' ? reason : 'a sentence.', after).toMatch(/\S+ .*\.$/)
      if (metadata) expect(state, after).toBe('fetching-metadata')
      expect(this.all.some((shared) => shared.id === id)).toBe(true)
    }
  }

  /** Everything is put right; then every torrent completes, by link alone. */
  async finish(): Promise<void> {
    const { node, sim } = this
    node.host.databases.refuse(undefined)
    if (!this.mounted) await this.moveDrive()
    await sim.within(10 * MINUTE, Promise.all(this.orders))
    await sim.within(10 * MINUTE, node.engine.services.settings.set({ networkConsent: 'granted' }))
    for (const { id, link } of this.all) {
      const where = { directory: FOLDER, paused: false, useExisting: true, peers: [] }
      const add = () => this.calls.add({ source: { magnet: link }, ...where }).catch(() => {})
      await sim.within(10 * MINUTE, add())
      await sim.within(10 * MINUTE, this.calls.resume({ id }))
      await sim.until(60 * MINUTE, () => node.row(id).state !== 'fetching-metadata', 'described')
      await sim.within(10 * MINUTE, add())
      await sim.until(60 * MINUTE, () => node.row(id).state !== 'fetching-metadata', 'adopted')
      await sim.within(10 * MINUTE, this.calls.selectFiles({ id, files: [0, 1, 2] }))
      await sim.within(10 * MINUTE, this.calls.recheck({ id }))
      await sim.run(SECOND)
      await sim.within(10 * MINUTE, this.calls.resume({ id }))
    }
    for (const { id, name, contents } of this.all) {
      await node.reaches(id, 'seeding', 240 * MINUTE)
      for (const [n, bytes] of contents.entries())
        expect(Buffer.compare(node.host.files.get(`${FOLDER}/${name}/${n}.bin`) as Uint8Array, bytes)).toBe(0)
    }
  }
}

const visited = new Set<TorrentState>()

test.each(SEEDS)(
  'random orders over links, seed %i',
  async (seed) => {
    const sim = new Simulation({ seed, latency: [5, 60] })
    const seeder = await Node.start(sim, 'seeder', { ...ALONE, listenPort: 6881 })
    const leecher = await Node.start(sim, 'leecher', ALONE)
    await sim.within(MINUTE, leecher.host.files.makeDirectory(FOLDER))
    const all: Shared[] = []
    for (const name of ['one', 'two']) {
      const contents = [30, 100, 50].map((kib, n) => content(kib * KIB, all.length * 3 + n))
      for (const [n, bytes] of contents.entries()) seeder.host.files.put(`/${name}/${n}.bin`, bytes)
      const { id, bytes } = await seeder.share(`/${name}`, [], { pieceLength: 16 * KIB })
      const link = `magnet:?xt=urn:btih:${id}&x.pe=${seeder.endpoint}`
      all.push({ id, name, link, bytes, contents })
    }
    const walk = new Walk(sim, leecher, all, visited)
    for (let n = 0; n < STEPS; n++) await walk.step()
    await walk.finish()
    await leecher.stop()
    await seeder.stop()
    await sim.stop()
  },
  120_000,
)

test('the walks have seen every state that matters here', () => {
  const states = ['data-missing', 'disk-full', 'downloading', 'error', 'fetching-metadata', 'paused', 'seeding']
  expect([...visited]).toEqual(expect.arrayContaining(states))
})
