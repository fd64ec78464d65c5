/**
 * A magnet in the list: fetches the info dictionary from peers (BEP 9) and hands it over to become a torrent.
 *
 *     fetching -> adopting -> (a torrent in the same place) | error | waiting
 *     waiting -> adopting (by itself, each ten seconds)                    fetching, error, waiting <-> paused
 *
 * What the person wants (`paused` or not) is kept apart from what is possible now. Changes run one after the other.
 * The info dictionary is recorded as soon as it is there, so that it is never fetched twice: an `error` that only the
 * disk caused is tried again with it.
 */
import { formatMagnet, type Magnet } from '../../codec/magnet.ts'
import { toHex } from '../../kernel/bytes.ts'
import { type CodedError, codeOf, type Fault } from '../../kernel/errors.ts'
import type { Endpoint } from '../../kernel/network.ts'
import type { PeerSource } from '../../kernel/peer-source.ts'
import type { MagnetRecord } from '../../storage/magnet-repository.ts'
import type { MetadataSwarm } from '../../torrent/metadata/metadata-swarm.ts'
import type { FoundMetadata, OriginatedPeer } from '../../torrent/metadata/metadata-swarm-options.ts'
import { PROBE_PERIOD } from './disk-waits.ts'
import { type MagnetParts, type MagnetPhase, type MagnetRetry, newSwarm, refusalOf } from './magnet-parts.ts'
import { mergedMagnet } from './merged-magnet.ts'
import { withAddresses } from './named-peers.ts'
import { addByOrigin, RecordedPeers } from './originated-peers.ts'
import type { TorrentSession } from './torrent-session.ts'

export class MagnetSession {
  readonly kind = 'magnet'
  readonly id: string
  readonly infoHash: Uint8Array
  readonly addedAt: number
  private readonly parts: MagnetParts
  private readonly peers: RecordedPeers
  private link: Magnet
  private place: string
  private existing: boolean
  private chosen: Uint8Array | undefined
  private wantsPause: boolean
  private info: Uint8Array | undefined
  private failure: MagnetRecord['error']
  private state: MagnetPhase = { name: 'stopped' }
  /** What fetches; while it rests, it keeps what it knows. */
  private kept: MetadataSwarm | undefined
  private current: MetadataSwarm | undefined
  private became: TorrentSession | undefined
  /** Ended by `stop`: nothing begins until `start`. */
  private ended = false
  private last: Promise<void> = Promise.resolve()

  /** @param link the record's own, parsed */
  constructor(parts: MagnetParts, record: MagnetRecord, link: Magnet) {
    this.parts = parts
    this.id = toHex(record.infoHash)
    this.infoHash = record.infoHash
    this.peers = new RecordedPeers(parts, record.infoHash)
    this.addedAt = record.addedAt
    this.link = link
    this.place = record.directory
    this.existing = record.useExisting
    this.chosen = record.wanted
    this.wantsPause = record.paused
    this.info = record.info
    this.failure = record.error
  }

  get phase(): MagnetPhase {
    return this.state
  }

  get magnet(): Magnet {
    return this.link
  }

  /** The name that the link gives, else the info-hash. */
  get name(): string {
    return this.link.name || this.id
  }

  get directory(): string {
    return this.place
  }

  get useExisting(): boolean {
    return this.existing
  }

  /** A bit for each file that a person chose, pad files left out; undefined: what the link says. */
  get wanted(): Uint8Array | undefined {
    return this.chosen
  }

  /** What the person wants. */
  get paused(): boolean {
    return this.wantsPause
  }

  /** Ended, so that it must not become a torrent now. */
  get isEnded(): boolean {
    return this.ended
  }

  get swarm(): MetadataSwarm | undefined {
    return this.current
  }

  /** Fetches, goes on with what has been fetched, or rests, as recorded. */
  start(): Promise<void> {
    this.ended = false
    return this.next(async () => {
      if (this.wantsPause) this.enter({ name: 'paused' })
      else if (this.failure) this.enter({ name: 'error', ...this.failure })
      else await this.goOn()
    })
  }

  async pause(): Promise<void> {
    this.wantsPause = true
    this.record()
    await this.next(async () => {
      // It may have become a torrent just before.
      if (this.became) return this.became.pause()
      this.enter({ name: 'paused' })
      await this.stopSwarm()
    })
  }

  async resume(): Promise<void> {
    this.wantsPause = false
    this.failure = undefined
    this.record()
    await this.next(async () => {
      // It may have become a torrent just before.
      if (this.became) return this.became.resume()
      if (this.state.name === 'fetching') return
      await this.goOn()
    })
  }

  /** Added again: with another folder, or with leave to use what stands there, and with whatever the new link knows. */
  retry({ magnet, directory, paused, useExisting, wanted }: MagnetRetry): Promise<void> {
    this.link = mergedMagnet(this.link, magnet)
    this.place = directory
    this.existing = useExisting
    this.chosen = wanted ?? this.chosen
    return paused ? this.pause() : this.resume()
  }

  /** Closes every connection and begins anew: what may be reached has changed. */
  reconnect(): Promise<void> {
    return this.next(async () => {
      if (this.state.name !== 'fetching') return
      await this.stopSwarm()
      await this.goOn()
    })
  }

  /** Peers that a person named. */
  addPeers(peers: readonly Endpoint[]): void {
    this.merge({ ...this.link, trackers: [], webSeeds: [], peers })
  }

  /** Takes over what another link to the same torrent knows: trackers, web seeds, peers. */
  merge(other: Magnet): void {
    const known = this.link
    this.link = mergedMagnet(known, other)
    this.record()
    if (this.state.name !== 'fetching') return
    const fresh = this.link.trackers.filter((url) => !known.trackers.includes(url))
    if (fresh.length > 0) this.current?.follow(this.sourcesOf(fresh).filter(({ kind }) => kind === 'tracker'))
    this.tryPeers(other.peers)
  }

  /** A clean end. Nothing begins any more, unless by `start`. */
  stop(): Promise<void> {
    const stopped = this.next(async () => {
      this.enter({ name: 'stopped' })
      await this.stopSwarm()
    })
    this.ended = true
    return stopped
  }

  /** Records the peers that are known, now and then and at the end, so that they are not looked for anew. */
  save(): void {
    if (this.current?.isRunning) this.peers.save(this.current.bestPeers())
  }

  private next(work: () => Promise<void>): Promise<void> {
    if (this.ended) return this.last
    const done = this.last.then(work)
    this.last = done.catch(() => {})
    return done
  }

  private enter(phase: MagnetPhase): void {
    if (this.state.name === 'waiting') this.state.probe.cancel()
    this.state = phase
    this.parts.changed()
  }

  /** @returns whether the database took it */
  private record(): boolean {
    const uri = formatMagnet(this.link)
    const state = { uri, directory: this.place, paused: this.wantsPause, useExisting: this.existing }
    const { infoHash, chosen: wanted, info, failure: error } = this
    try {
      this.parts.store.magnets.update(infoHash, { ...state, wanted, info, error })
      return true
    } catch (error) {
      this.parts.log.write('error', 'magnet not recorded', { id: this.id, code: codeOf(error) })
      return false
    }
  }

  private async goOn(): Promise<void> {
    if (this.info) await this.adopt(this.info, this.peers.list())
    else this.fetch()
  }

  private fetch(): void {
    const { listener, peerExchange } = this.parts
    const fresh = this.kept === undefined
    const swarm = this.kept ?? newSwarm(this.parts, this.infoHash, (of, metadata) => this.found(of, metadata))
    if (peerExchange) swarm.setPeerExchange(peerExchange())
    this.kept = swarm
    this.current = swarm
    listener.add(swarm)
    this.enter({ name: 'fetching' })
    swarm.start(this.sourcesOf(this.link.trackers))
    this.tryPeers(this.link.peers)
    if (fresh) addByOrigin(swarm, this.peers.list())
  }

  private sourcesOf(trackers: readonly string[]): readonly PeerSource[] {
    return this.parts.sourcesFor({ trackers: trackers.map((url) => [url]), private: false, everyTier: true })
  }

  private tryPeers(peers: readonly Endpoint[]): void {
    const swarm = this.current
    const isOver = () => swarm === undefined || swarm !== this.current
    withAddresses(this.parts.resolver, peers, isOver, (endpoints) => swarm?.addPeers(endpoints, 'given'))
  }

  private found(swarm: MetadataSwarm, { infoBytes, peers }: FoundMetadata): void {
    if (swarm !== this.current) return
    this.kept = undefined
    this.info = infoBytes
    this.record()
    this.peers.save(peers)
    void this.next(async () => {
      if (this.state.name !== 'fetching' || swarm !== this.current) return
      await this.stopSwarm()
      await this.adopt(infoBytes, peers)
    })
  }

  /** Within `next` by its callers, so that nothing else happens to it meanwhile but `stop`. */
  private async adopt(info: Uint8Array, peers: readonly OriginatedPeer[]): Promise<void> {
    this.enter({ name: 'adopting' })
    try {
      this.became = await this.parts.adopt(this, info, peers)
    } catch (error) {
      this.refusedBy(refusalOf(error, this.place, info.length))
    }
  }

  private refusedBy(error: CodedError<Fault>): void {
    const { code, message, cause } = error
    this.parts.log.write('warn', 'magnet did not become a torrent', { id: this.id, code, message, cause })
    if (code === 'DISK_FULL') this.wait('disk-full', message)
    else if (code === 'DATA_MISSING') this.wait('data-missing', message)
    else {
      if (code === 'WRONG_METADATA') this.info = undefined
      this.failure = { code, message }
      this.record()
      this.enter({ name: 'error', code, message })
    }
  }

  private wait(what: 'disk-full' | 'data-missing', message: string): void {
    const goOn = async () => {
      if (this.state === waiting) await this.goOn()
    }
    const waiting: MagnetPhase = {
      ...{ name: 'waiting', for: what, message },
      probe: this.parts.clock.after(PROBE_PERIOD, () => void this.next(goOn)),
    }
    if (this.ended) waiting.probe.cancel()
    else this.enter(waiting)
  }

  private async stopSwarm(): Promise<void> {
    const swarm = this.current
    if (!swarm) return
    this.save()
    this.current = undefined
    this.parts.listener.remove(swarm)
    await swarm.stop()
  }
}
