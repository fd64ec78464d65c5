/**
 * Who answers for bad pieces.
 *
 * A piece that fails and came from one host: that host is banned. From several: each loses trust and becomes a suspect
 * (it gets whole pieces alone, so that the next bad one names it), and a keyed hash of each of its blocks is kept. When
 * the piece later passes, exactly those whose block differs from the good one are banned. Trust regained clears a suspect.
 * Hosts are told apart by IP address. Figures of libtorrent.
 * Limits: block hashes of `MAX_RECORDED_BLOCKS` blocks (oldest pieces go first), `MAX_HOSTS` hosts with a record.
 */
import { createHash } from 'node:crypto'
import type { Random } from '../../kernel/random.ts'
import { BLOCK_LENGTH } from '../wire/peer-wire.ts'

export const MAX_RECORDED_BLOCKS = 16_384
export const MAX_HOSTS = 3_000
export const TRUST_MAX = 8
export const TRUST_PASS = 1
export const TRUST_FAIL = -2
export const TRUST_BAN = -7

interface BlockRecord {
  readonly block: number
  readonly host: string
  readonly digest: string
}

export interface Verdict {
  /** Hosts to be banned now. */
  readonly ban: readonly string[]
}

export class Blame {
  private readonly key: Uint8Array
  /** Failed pieces, oldest first. */
  private readonly records = new Map<number, BlockRecord[]>()
  private recorded = 0
  private readonly trust = new Map<string, number>()
  private readonly suspects = new Set<string>()
  /** Banned, and perhaps still in pieces begun before: others lose nothing by those. */
  private readonly liars = new Set<string>()

  constructor(random: Random) {
    this.key = random.bytes(20)
  }

  get recordedBlocks(): number {
    return this.recorded
  }

  isSuspect(host: string): boolean {
    return this.suspects.has(host)
  }

  /** The piece did not hash to what it must. @param contributors the host that sent each block */
  failed(piece: number, bytes: Uint8Array, contributors: readonly string[]): Verdict {
    const hosts = new Set(contributors)
    if (hosts.size === 1) return this.banned([...hosts])
    this.record(piece, bytes, contributors)
    if (contributors.some((host) => this.liars.has(host))) return { ban: [] }
    const ban: string[] = []
    for (const host of hosts) {
      const trust = (this.trust.get(host) ?? 0) + TRUST_FAIL
      this.note(host, trust)
      this.suspects.add(host)
      if (trust <= TRUST_BAN) ban.push(host)
    }
    return this.banned(ban)
  }

  /** The piece is good. */
  passed(piece: number, bytes: Uint8Array, contributors: readonly string[]): Verdict {
    const liars = this.compare(piece, bytes)
    const hosts = new Set(contributors)
    for (const host of hosts) {
      const before = this.trust.get(host) ?? 0
      const trust = Math.min(TRUST_MAX, before + TRUST_PASS)
      if (trust !== before) this.note(host, trust)
      if (trust >= 0 || hosts.size === 1) this.suspects.delete(host)
    }
    return this.banned([...liars])
  }

  private compare(piece: number, bytes: Uint8Array): Set<string> {
    const liars = new Set<string>()
    const records = this.records.get(piece)
    if (!records) return liars
    this.forget(piece)
    const digests = new Map<number, string>()
    for (const { block, host, digest } of records) {
      const good = digests.get(block) ?? this.digest(bytes, block)
      digests.set(block, good)
      if (digest !== good) liars.add(host)
    }
    return liars
  }

  private record(piece: number, bytes: Uint8Array, contributors: readonly string[]): void {
    const records = this.records.get(piece) ?? []
    contributors.forEach((host, block) => {
      const digest = this.digest(bytes, block)
      if (records.some((r) => r.block === block && r.host === host && r.digest === digest)) return
      records.push({ block, host, digest })
      this.recorded++
    })
    this.records.set(piece, records)
    for (const oldest of this.records.keys()) {
      if (this.recorded <= MAX_RECORDED_BLOCKS) break
      this.forget(oldest)
    }
  }

  private forget(piece: number): void {
    this.recorded -= this.records.get(piece)?.length ?? 0
    this.records.delete(piece)
  }

  /** Keyed, so that nobody can prepare two blocks that look alike. */
  private digest(bytes: Uint8Array, block: number): string {
    const begin = block * BLOCK_LENGTH
    return createHash('sha256')
      .update(this.key)
      .update(bytes.subarray(begin, begin + BLOCK_LENGTH))
      .digest('base64')
  }

  private note(host: string, trust: number): void {
    this.trust.delete(host)
    this.trust.set(host, trust)
    if (this.trust.size <= MAX_HOSTS) return
    const oldest = this.trust.keys().next()
    if (oldest.done) return
    this.trust.delete(oldest.value)
    this.suspects.delete(oldest.value)
  }

  private banned(hosts: readonly string[]): Verdict {
    for (const host of hosts) {
      this.trust.delete(host)
      this.suspects.delete(host)
      if (this.liars.size < MAX_HOSTS) this.liars.add(host)
    }
    return { ban: hosts }
  }
}
