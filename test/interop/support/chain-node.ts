/** The test's end of a process with a node of ours: the chain and its peers alone, without the rest of the app. */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Block } from '../../../src-main/chain/primitives/block.ts'
import { displayHash } from '../../../src-main/chain/primitives/hashes.ts'
import type { Transaction } from '../../../src-main/chain/primitives/transaction.ts'
import { toHex } from '../../../src-main/kernel/bytes.ts'
import { encodeLine, LineReader } from '../../../src-main/serving/json-lines.ts'
import type { ChainNodeOptions, FromChainNode, ToChainNode } from './chain-protocol.ts'
import type { Machine } from './machine.ts'
import type { Program } from './program.ts'

const SCRIPT = fileURLToPath(new URL('./chain-process.ts', import.meta.url))
const START_LIMIT = 30_000
const CALL_LIMIT = 20_000
export const USER_AGENT = '/Shoal:0.0.0/'

type MessageOf<K extends FromChainNode['kind']> = Extract<FromChainNode, { kind: K }>

export class ChainNode {
  private readonly machine: Machine
  private readonly process: Program
  private readonly heard: FromChainNode[] = []

  private constructor(machine: Machine, name: string, folder: string) {
    this.machine = machine
    const options: ChainNodeOptions = { folder, userAgent: USER_AGENT }
    const lines = new LineReader()
    this.process = machine.run(name, [process.execPath, SCRIPT, JSON.stringify(options)], {
      stdout: (chunk) =>
        lines.push(chunk, (message) => {
          this.heard.push(message as FromChainNode)
          machine.notify()
        }),
    })
  }

  static async start(machine: Machine, name = 'node'): Promise<ChainNode> {
    const folder = machine.path(name)
    await mkdir(folder, { recursive: true })
    const node = new ChainNode(machine, name, folder)
    await node.until(START_LIMIT, 'starts', () => node.all('ready')[0])
    return node
  }

  /** Where it listens on 127.0.0.1. */
  get port(): number {
    return this.all('ready')[0]?.port ?? 0
  }

  /** As it was told last. */
  get state(): MessageOf<'state'> | undefined {
    return this.all('state').at(-1)
  }

  /** Dials a node on 127.0.0.1 and keeps to it. */
  connect(port: number): void {
    this.order({ kind: 'connect', port })
  }

  /** Keeps to it no more. */
  forget(port: number): void {
    this.order({ kind: 'forget', port })
  }

  /** Gives it a block as its own. @returns its status, or the reason why it is refused */
  giveBlock(block: Block): Promise<string> {
    return this.outcomeOf({ kind: 'block', bytes: toHex(block.bytes()) })
  }

  async giveBlocks(blocks: readonly Block[]): Promise<void> {
    for (const block of blocks) {
      const outcome = await this.giveBlock(block)
      if (outcome !== 'connected') throw new Error(`block ${displayHash(block.hash)}: ${outcome}`)
    }
  }

  giveTransaction(transaction: Transaction): Promise<string> {
    return this.outcomeOf({ kind: 'transaction', bytes: toHex(transaction.bytes()) })
  }

  /** Waits until its tip is this block. */
  async reaches(hash: Uint8Array, limit: number): Promise<void> {
    const wanted = displayHash(hash)
    await this.until(limit, `reaches ${wanted}`, () => this.state?.tip === wanted)
  }

  /** Waits until its mempool takes a transaction. */
  async hears(txid: Uint8Array, limit: number): Promise<void> {
    const wanted = displayHash(txid)
    await this.until(limit, `takes ${wanted}`, () => this.all('added').some((added) => added.txid === wanted))
  }

  /** Hashes of blocks that left its best chain, in order. */
  get disconnected(): readonly string[] {
    return this.all('disconnected').map(({ hash }) => hash)
  }

  async stop(): Promise<void> {
    this.order({ kind: 'stop' })
    await this.until(CALL_LIMIT, 'stops', () => this.all('stopped')[0])
  }

  private async outcomeOf(order: ToChainNode): Promise<string> {
    const before = this.all('outcome').length
    this.order(order)
    return (await this.until(CALL_LIMIT, `answers ${order.kind}`, () => this.all('outcome')[before])).outcome
  }

  private order(order: ToChainNode): void {
    this.process.write(encodeLine(order))
  }

  private all<K extends FromChainNode['kind']>(kind: K): readonly MessageOf<K>[] {
    return this.heard.filter((message): message is MessageOf<K> => message.kind === kind)
  }

  private until<T>(limit: number, what: string, check: () => T | undefined | false): Promise<T> {
    return this.machine.until(limit, `${this.process.name} ${what}`, () => {
      const found = check()
      if (found !== undefined && found !== false) return found
      if (this.process.outcome !== undefined) throw new Error(`${this.process.name} ended with ${this.process.outcome}`)
      return undefined
    })
  }
}
