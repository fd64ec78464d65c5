/**
 * The test's end of a bcoin process: its commands, its events, and the waits of these tests. It runs in the test's machine,
 * so the network it could reach is that machine's loopback, and it ends with the test.
 */
import { join } from 'node:path'
import { bcoinFolder, ensureBcoin } from '../../../scripts/bcoin.mjs'
import type { ChainNetwork } from '../../../src-main/chain/consensus/network.ts'
import { type Block, decodeBlock } from '../../../src-main/chain/primitives/block.ts'
import { displayHash } from '../../../src-main/chain/primitives/hashes.ts'
import type { Transaction, TransactionOutput } from '../../../src-main/chain/primitives/transaction.ts'
import type { ScriptFlag } from '../../../src-main/chain/script/script-flags.ts'
import { fromHex, toHex, utf8 } from '../../../src-main/kernel/bytes.ts'
import { LineReader } from '../../../src-main/serving/json-lines.ts'
import {
  type BcoinCommand,
  type BcoinCommands,
  type BcoinEvent,
  type BcoinOptions,
  type BlockFacts,
  bcoinParameters,
  type FromBcoin,
  type Injected,
} from './bcoin-protocol.ts'
import type { Machine } from './machine.ts'
import type { Program } from './program.ts'

const SCRIPT = join(bcoinFolder, 'bcoin-node.cjs')
const START_LIMIT = 30_000
const CALL_LIMIT = 60_000
const LIFETIME = 600_000
export const LOOPBACK = '127.0.0.1'

export interface BcoinStartOptions {
  readonly network: ChainNetwork
  readonly name?: string
  /** @default any that is free */
  readonly port?: number
  /** @default true */
  readonly requireStandard?: boolean
  /** Whether it answers `mempool` (BIP 35, 37). @default false: it closes the connection at that */
  readonly bloom?: boolean
  /** Milliseconds after which it ends, come what may. @default ten minutes */
  readonly lifetimeMs?: number
  /** Its log is shown where a wait fails. @default `info` */
  readonly log?: string
}

/** Without those that came after bcoin 1.0.2. */
export type ScriptFlagName = Exclude<keyof typeof ScriptFlag, 'CONST_SCRIPTCODE'>

type EventOf<K extends BcoinEvent['event']> = Extract<BcoinEvent, { event: K }>

export class Bcoin {
  /** Everything it has told, in order. */
  readonly events: BcoinEvent[] = []
  private readonly machine: Machine
  private readonly network: ChainNetwork
  private readonly process: Program
  private readonly answers = new Map<number, FromBcoin>()
  private questions = 0
  private listening = 0

  private constructor(machine: Machine, options: BcoinStartOptions) {
    const { network, name = 'bcoin', port = 0, requireStandard = true, bloom = false } = options
    const { lifetimeMs = LIFETIME, log = 'info' } = options
    this.machine = machine
    this.network = network
    const argument: BcoinOptions = {
      parameters: bcoinParameters(network, requireStandard),
      port,
      bloom,
      lifetimeMs,
      log,
    }
    const lines = new LineReader()
    this.process = machine.run(name, [process.execPath, '--no-deprecation', SCRIPT, JSON.stringify(argument)], {
      stdout: (chunk) =>
        lines.push(chunk, (message) => {
          this.receive(message as FromBcoin)
          machine.notify()
        }),
    })
  }

  /** Installs bcoin where that has not been done. */
  static async start(machine: Machine, options: BcoinStartOptions): Promise<Bcoin> {
    ensureBcoin()
    const bcoin = new Bcoin(machine, options)
    bcoin.listening = (await bcoin.told('ready', START_LIMIT, 'bcoin starts')).port
    return bcoin
  }

  /** Where it listens on 127.0.0.1. */
  get port(): number {
    return this.listening
  }

  /** Asks one thing. @throws with its message where it fails */
  async call<K extends BcoinCommand>(command: K, args: BcoinCommands[K]['args']): Promise<BcoinCommands[K]['result']> {
    const id = ++this.questions
    this.process.write(utf8(`${JSON.stringify({ id, command, args })}\n`))
    const answer = await this.until(CALL_LIMIT, `${this.process.name} answers ${command}`, () => this.answers.get(id))
    this.answers.delete(id)
    if ('error' in answer) throw new Error(`bcoin ${command}: ${answer.error}`)
    return (answer as { result: BcoinCommands[K]['result'] }).result
  }

  info(): Promise<BcoinCommands['info']['result']> {
    return this.call('info', {})
  }

  /** Mines blocks that pay to `address`; they are connected and announced. @returns them */
  async mine(blocks: number, address: string): Promise<readonly Block[]> {
    const hashes = await this.call('mine', { blocks, address })
    return Promise.all(hashes.map(async (hash) => (await this.block(hash)) as Block))
  }

  /** A block of its best chain by height, or any it has by hash; decoded by our decoder. */
  async block(at: number | string | Uint8Array): Promise<Block | undefined> {
    const bytes = await this.blockBytes(at)
    return bytes && decodeBlock(bytes)
  }

  async blockBytes(at: number | string | Uint8Array): Promise<Uint8Array | undefined> {
    const text = await this.call('block', { at: at instanceof Uint8Array ? displayHash(at) : at })
    return text === null ? undefined : fromHex(text)
  }

  facts(at: number): Promise<BlockFacts | null> {
    return this.call('facts', { at })
  }

  /** Hands it a block as if mined here. */
  inject(block: Block): Promise<Injected> {
    return this.call('inject', { block: toHex(block.bytes()) })
  }

  /** Hands it blocks of which each must become its tip. @throws with the reason where one does not */
  async injectAll(blocks: readonly Block[]): Promise<void> {
    for (const block of blocks) {
      const answer = await this.inject(block)
      if (!answer.accepted || !answer.best)
        throw new Error(`bcoin, block ${displayHash(block.hash)}: ${JSON.stringify(answer)}`)
    }
  }

  addTransaction(transaction: Transaction): Promise<BcoinCommands['addTx']['result']> {
    return this.call('addTx', { tx: toHex(transaction.bytes()) })
  }

  mempool(): Promise<readonly string[]> {
    return this.call('mempool', {})
  }

  /** Dials a node on 127.0.0.1; resolves when hands are shaken. */
  async connect(port: number): Promise<void> {
    await this.call('connect', { host: LOOPBACK, port })
  }

  async disconnect(): Promise<void> {
    await this.call('disconnect', {})
  }

  /** Back to genesis, without peers, on the same port; its events are forgotten. */
  async reset(): Promise<void> {
    await this.call('reset', {})
    this.events.length = 0
  }

  /**
   * Runs the scripts of all inputs. `spent`: what they spend, in order.
   * @returns the first input that may not spend and why, by the names of `ScriptErrorCode`; undefined where all may
   */
  async verify(
    transaction: Transaction,
    spent: readonly TransactionOutput[],
    flags: readonly ScriptFlagName[],
  ): Promise<{ readonly input: number; readonly code: string } | undefined> {
    const coins = spent.map(({ value, scriptPubKey }) => ({ value: Number(value), script: toHex(scriptPubKey) }))
    return (await this.call('verifyTx', { tx: toHex(transaction.bytes()), spent: coins, flags })) ?? undefined
  }

  /** All events of a kind so far. */
  all<K extends BcoinEvent['event']>(kind: K): readonly EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.event === kind)
  }

  /** Waits for the first event of a kind, past ones included, that is as wanted. */
  told<K extends BcoinEvent['event']>(
    kind: K,
    limit: number,
    what: string,
    check: (event: EventOf<K>) => boolean = () => true,
  ): Promise<EventOf<K>> {
    return this.until(limit, what, () => this.all(kind).find(check))
  }

  /** Waits until its tip is this block, by the order of what it connected and disconnected. */
  async reaches(hash: Uint8Array, limit: number): Promise<void> {
    const wanted = displayHash(hash)
    await this.until(limit, `${this.process.name} reaches ${wanted}`, () => this.tip() === wanted)
  }

  /** Waits until its mempool has been told of a transaction. */
  async hears(txid: Uint8Array, limit: number): Promise<void> {
    const wanted = displayHash(txid)
    await this.told('tx', limit, `${this.process.name} takes ${wanted}`, (event) => event.txid === wanted)
  }

  /** Waits until it refuses this block or transaction. @returns the reason */
  async refuses(hash: Uint8Array, limit: number): Promise<string> {
    const wanted = displayHash(hash)
    const what = `${this.process.name} refuses ${wanted}`
    return (await this.told('reject', limit, what, (event) => event.hash === wanted)).reason
  }

  /** Hash of the tip as its events tell it. */
  private tip(): string {
    const change = this.events.findLast((event) => event.event === 'block' || event.event === 'disconnected')
    if (change?.event === 'block') return change.hash
    // Between the two halves of a reorganisation there is none; without any change it is genesis.
    return change ? '' : displayHash(this.network.genesis.hash)
  }

  private until<T>(limit: number, what: string, check: () => T | undefined | false): Promise<T> {
    return this.machine.until(limit, what, () => {
      const found = check()
      if (found !== undefined && found !== false) return found
      if (this.process.outcome !== undefined) throw new Error(`${this.process.name} ended with ${this.process.outcome}`)
      return undefined
    })
  }

  private receive(message: FromBcoin): void {
    if ('event' in message) this.events.push(message)
    else this.answers.set(message.id, message)
  }
}
