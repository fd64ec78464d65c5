/**
 * Random orders over three torrents of one engine, many at once, while drives come and go, disks fill, the database
 * refuses, connections break and the process is killed. What must hold all the time: the list is what was ordered;
 * nothing verified is lost that nobody damaged; every refusal is a sentence; at the end everything completes and
 * nothing is left over.
 */
import { expect, test } from 'vitest'
import type { TorrentState } from '#shared/contract/torrents.ts'
import { MINUTE, SECOND } from '../../src-main/kernel/clock.ts'
import { plainError } from '../../src-main/serving/service-server.ts'
import type { SeededRandom } from '../../src-main/simulation/random.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node, trackerOn } from './engine-world.ts'

const KIB = 1024
const SIZE = 600 * KIB
const FOLDER = '/media/usb'
const STEPS = 500
const SEEDS = process.env.SHOAL_LONG === '1' ? Array.from({ length: 60 }, (_, n) => 1_000 + n) : [1, 2, 3]

interface Torrent {
  readonly id: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly path: string
  readonly whole: Uint8Array
  /** In the list, as far as orders have been answered. */
  listed: boolean
  /** Orders to add or remove it that are not answered yet. */
  open: number
  /** The most that was seen verified. */
  best: number
  /** Somebody wrote into its file: what was verified may be lost. */
  damaged: boolean
}

class Walk {
  private readonly visited: Set<TorrentState>
  private readonly sim: Simulation
  private readonly node: Node
  private readonly torrents: readonly Torrent[]
  private readonly random: SeededRandom
  private readonly orders = new Set<Promise<void>>()
  private mounted = true
  private faults: (() => void)[] = []
  private readonly done: string[] = []

  /** @param visited takes the states that were seen */
  constructor(sim: Simulation, node: Node, torrents: readonly Torrent[], visited: Set<TorrentState>) {
    this.visited = visited
    this.sim = sim
    this.node = node
    this.torrents = torrents
    this.random = sim.random.split('walk')
  }

  async step(): Promise<void> {
    const torrent = this.torrents[this.random.below(this.torrents.length)] as Torrent
    const kinds = Object.entries(this.kinds)
    const weights = kinds.flatMap(([name, { weight }]) => Array.from({ length: weight }, () => name))
    const name = weights[this.random.below(weights.length)] as keyof Walk['kinds']
    this.done.push(`${name} ${torrent.path}`)
    await this.kinds[name].run(torrent)
    await this.sim.run(this.random.below(3) === 0 ? this.random.below(15 * SECOND) : this.random.below(300))
    this.check()
  }

  private readonly kinds = {
    add: { weight: 4, run: (torrent: Torrent) => this.add(torrent) },
    remove: { weight: 2, run: (torrent: Torrent) => this.remove(torrent) },
    pause: { weight: 4, run: ({ id }: Torrent) => this.order(this.calls.pause({ id })) },
    resume: { weight: 6, run: ({ id }: Torrent) => this.order(this.calls.resume({ id })) },
    recheck: { weight: 3, run: ({ id }: Torrent) => this.order(this.calls.recheck({ id })) },
    drive: { weight: 2, run: () => this.moveDrive() },
    fullDisk: { weight: 1, run: () => this.fault('ENOSPC') },
    badDisk: { weight: 1, run: () => this.fault('EIO') },
    goodDisk: { weight: 3, run: () => this.mend() },
    fullDatabase: { weight: 1, run: async () => this.node.host.databases.refuse('SQLITE_FULL') },
    goodDatabase: { weight: 3, run: async () => this.node.host.databases.refuse(undefined) },
    reset: { weight: 1, run: async () => this.sim.resetConnections(this.node.host) },
    consent: { weight: 2, run: () => this.consent() },
    damage: { weight: 1, run: () => this.damage() },
    kill: { weight: 1, run: () => this.kill() },
    restart: { weight: 1, run: () => this.restart() },
  }

  private get calls() {
    return this.node.engine.services.torrents
  }

  private async add(torrent: Torrent): Promise<void> {
    await this.listing(torrent, true, this.adding(torrent, this.random.below(3) === 0))
  }

  private async remove(torrent: Torrent): Promise<void> {
    Object.assign(torrent, { best: 0, damaged: false })
    const data = this.random.below(2) === 0 ? 'keep' : 'trash'
    await this.listing(torrent, false, this.calls.remove({ id: torrent.id, data }))
  }

  private async listing(torrent: Torrent, listed: boolean, call: Promise<unknown>): Promise<void> {
    torrent.open++
    const settled = () => torrent.open--
    call.then(settled, settled)
    const note = () => {
      torrent.listed = listed
    }
    await this.order(call.then(note))
  }

  /** Gives an order; waits for it now and then only. */
  private async order(call: Promise<unknown>): Promise<void> {
    const { host } = this.node
    const answered = call.then(
      () => {},
      (error: unknown) => {
        const { code, message } = plainError(error)
        expect(message, `${code} after ${this.done.slice(-6).join(', ')}`).toMatch(/^\S+ .*[.;:] .*\.$/)
      },
    )
    this.orders.add(answered)
    answered.finally(() => this.orders.delete(answered)).catch(() => {})
    if (this.random.below(2) === 0) await this.sim.within(10 * MINUTE, answered)
    expect(host.program.isAlive).toBe(true)
  }

  private async moveDrive(): Promise<void> {
    this.mounted = !this.mounted
    if (this.mounted) this.node.host.files.mount(FOLDER)
    else this.node.host.files.unmount(FOLDER)
  }

  private async fault(code: string): Promise<void> {
    const times = 1 + this.random.below(20)
    this.faults.push(this.node.host.files.inject({ on: 'write', code, path: /\/media\//, times }))
  }

  private async mend(): Promise<void> {
    for (const end of this.faults.splice(0)) end()
  }

  private async consent(): Promise<void> {
    const networkConsent = this.random.below(3) === 0 ? ('refused' as const) : ('granted' as const)
    await this.order(this.node.engine.services.settings.set({ networkConsent }))
  }

  /** Somebody writes into the last torrent's file. */
  private async damage(): Promise<void> {
    const torrent = this.torrents.at(-1) as Torrent
    const there = this.node.host.files.get(torrent.path)
    if (!this.mounted || !there || there.length === 0) return
    const at = this.random.below(there.length)
    there[at] = (there[at] as number) ^ 1
    this.node.host.files.put(torrent.path, there)
    torrent.damaged = true
  }

  private async kill(): Promise<void> {
    await this.node.kill()
    this.forgetOrders()
  }

  private async restart(): Promise<void> {
    await this.sim.within(10 * MINUTE, Promise.allSettled([...this.orders]))
    // what the database refuses at the end is made good at the next start
    await this.sim.within(
      10 * MINUTE,
      this.node.engine.stop().catch(() => {}),
    )
    expect(this.node.host.program.held().map((claim) => claim.describe())).toEqual([])
    await this.kill()
  }

  /** Orders that were under way in a process that is gone are answered by what the list now says. */
  private forgetOrders(): void {
    this.orders.clear()
    const listed = new Set(this.node.rows().map(({ id }) => id))
    for (const torrent of this.torrents) {
      if (torrent.open > 0) torrent.listed = listed.has(torrent.id)
      torrent.open = 0
    }
  }

  private check(): void {
    const rows = this.node.rows()
    const trail = `after ${this.done.slice(-8).join(', ')}`
    for (const torrent of this.torrents) {
      const row = rows.find(({ id }) => id === torrent.id)
      if (row) this.visited.add(row.state)
      if (torrent.open > 0) continue
      expect(row !== undefined, `${torrent.path} ${trail}`).toBe(torrent.listed)
      if (torrent.damaged || (row?.state !== 'downloading' && row?.state !== 'seeding')) continue
      expect(row.done, `${torrent.path} ${trail}`).toBeGreaterThanOrEqual(torrent.best)
      torrent.best = Math.max(torrent.best, row.done)
    }
  }

  /** Everything is well again: every torrent completes. */
  async end(): Promise<void> {
    await this.sim.within(10 * MINUTE, Promise.allSettled([...this.orders]))
    await this.mend()
    if (!this.mounted) await this.moveDrive()
    this.node.host.databases.refuse(undefined)
    await this.sim.within(MINUTE, this.node.engine.services.settings.set({ networkConsent: 'granted' }))
    for (const torrent of this.torrents) {
      if (!torrent.listed) await this.sim.within(MINUTE, this.adding(torrent, false))
      await this.sim.within(10 * MINUTE, this.calls.recheck({ id: torrent.id }))
      await this.sim.within(10 * MINUTE, this.calls.resume({ id: torrent.id }))
    }
    for (const { id, path, whole } of this.torrents) {
      await this.node.reaches(id, 'seeding')
      expect(Buffer.compare(this.node.host.files.get(path) as Uint8Array, whole), path).toBe(0)
    }
  }

  private adding({ bytes }: Torrent, paused: boolean): Promise<unknown> {
    return this.calls.add({ source: { bytes }, directory: FOLDER, paused, useExisting: true, peers: [] })
  }
}

const visited = new Set<TorrentState>()

test.each(SEEDS)('five hundred random orders and troubles, seed %i', async (seed) => {
  const sim = new Simulation({ seed, latency: [5, 40], bandwidth: { up: 60_000, down: 60_000 } })
  const { url, tracker } = await trackerOn(sim)
  const seeder = await Node.start(sim, 'seeder')
  const node = await Node.start(sim, 'leecher', {}, { diskDelay: [0.1, 5], hashDelay: 5 })
  await sim.within(MINUTE, node.host.files.makeDirectory(FOLDER))
  const torrents: Torrent[] = []
  for (const name of ['a', 'b', 'c']) {
    const whole = content(SIZE, seed + torrents.length)
    seeder.host.files.put(`/share/${name}.bin`, whole)
    const shared = await seeder.share(`/share/${name}.bin`, [url], { pieceLength: 16 * KIB })
    torrents.push({ ...shared, path: `${FOLDER}/${name}.bin`, whole, listed: false, open: 0, best: 0, damaged: false })
  }
  const walk = new Walk(sim, node, torrents, visited)
  for (let step = 0; step < STEPS; step++) await walk.step()
  await walk.end()
  await node.stop()
  await seeder.stop()
  await sim.within(MINUTE, tracker.close())
  await sim.stop()
})

test('the walks have seen every state', () => {
  const states = ['checking', 'data-missing', 'disk-full', 'downloading', 'error', 'paused', 'seeding']
  expect([...visited].sort()).toEqual(states)
})
