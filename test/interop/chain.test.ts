/** Real daemons on the local network of the chain: mining, relay, kill -9, two branches, modes. */
import { describe, expect, test } from 'vitest'
import { addressOfScript } from '../../src-main/chain/address/address.ts'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import { decodeTransaction } from '../../src-main/chain/primitives/transaction-decoding.ts'
import { coinOf, spendCoins, TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { fromHex, toHex } from '../../src-main/kernel/bytes.ts'
import { Machine } from './support/machine.ts'
import { type Line, ShoalCommand, shoalDone } from './support/shoal-command.ts'

const LIMIT = 60_000
const { addresses, coinbaseMaturity } = networks.local
const key = new TestKey(11)
const address = addressOfScript(key.p2wpkh, addresses) as string

/** A daemon and the commands that are given to it. */
class Daemon {
  readonly profile: string
  readonly #machine: Machine
  readonly #name: string
  readonly #args: readonly string[]
  #command: ShoalCommand | undefined
  #commands = 0
  chainListen = ''

  constructor(machine: Machine, name: string, ...args: string[]) {
    this.#machine = machine
    this.#name = name
    this.#args = args
    this.profile = machine.path(name)
  }

  async start(...more: string[]): Promise<void> {
    const node = ['--offline', '--dht', 'off', '--local-discovery', 'off', '--listen', '127.0.0.1:0']
    const chain = ['--network', 'local', '--chain', 'on', '--chain-listen', this.chainListen || '127.0.0.1:0']
    const args = ['daemon', '--profile', this.profile, ...node, ...chain, ...this.#args, ...more]
    this.#command = new ShoalCommand(this.#machine, `${this.#name} daemon`, args)
    await this.#command.event(LIMIT, 'ready')
    const { listening } = await this.until('that it listens', ({ listening }) => typeof listening === 'string')
    this.chainListen = String(listening)
  }

  run(...args: string[]): Promise<Line> {
    const name = `${this.#name} ${args[0]} ${args[1]} ${this.#commands++}`
    return shoalDone(this.#machine, name, [...args, '--profile', this.profile], LIMIT)
  }

  info(): Promise<Line> {
    return this.run('chain', 'info')
  }

  /** Asks until the chain is so. */
  async until(what: string, fits: (info: Line) => boolean): Promise<Line> {
    for (let tries = 0; tries < 60; tries++) {
      const info = await this.info()
      if (fits(info)) return info
    }
    throw new Error(`${this.#name} did not come to it: ${what}`)
  }

  async kill(): Promise<void> {
    await this.#command?.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#command?.kill('SIGTERM')
  }
}

describe('daemons of the chain', { timeout: 4 * LIMIT }, () => {
  test('mine, send, confirm; one is killed and goes on; two branches become one', async (context) => {
    const machine = await Machine.start(context)
    const first = new Daemon(machine, 'first')
    await first.start()
    const second = new Daemon(machine, 'second', '--chain-peer', first.chainListen)
    await second.start()

    const made = await first.run('miner', 'generate', String(coinbaseMaturity + 1), '--address', address)
    expect((made.blocks as string[]).length).toBe(coinbaseMaturity + 1)
    const { tip } = await first.info()
    await second.until('the same tip', (info) => info.tip === tip)

    // The reward of block 1 is mature: it is spent at one and confirmed at the other.
    const page = await first.run('chain', 'tx', await coinbaseOf(first, made))
    const coinbase = decodeTransaction(fromHex(String(page.hex)))
    const spend = spendCoins([coinOf(coinbase, 0, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
    const { txid } = await first.run('chain', 'submit', toHex(spend.bytes()))
    await untilInMempool(second, String(txid))
    await second.run('miner', 'generate', '1', '--address', address)
    const confirmed = await first.until('one block more', ({ height }) => height === coinbaseMaturity + 2)
    expect(await first.run('chain', 'tx', String(txid))).toMatchObject({ confirmations: 1 })

    await first.kill()
    await second.run('miner', 'generate', '3', '--address', address)
    await first.start('--chain-peer', second.chainListen)
    const again = await first.until('what it missed', ({ height }) => height === coinbaseMaturity + 5)
    expect(again.supply).not.toBe(confirmed.supply)

    // Apart for a while: the shorter branch gives way.
    await second.stop()
    await first.run('miner', 'generate', '2', '--address', address)
    await first.stop()
    await second.start()
    await second.run('miner', 'generate', '4', '--address', address)
    const longer = await second.info()
    await first.start('--chain-peer', second.chainListen)
    await first.until('the longer branch', (info) => info.tip === longer.tip)
    await Promise.all([first.stop(), second.stop()])
  })

  test('an archive becomes pruned, says so, and a rebuild ends where it began', async (context) => {
    const machine = await Machine.start(context)
    const node = new Daemon(machine, 'node')
    await node.start()
    await node.run('miner', 'generate', '400', '--address', address)
    const before = await node.info()
    await node.run('chain', 'rebuild')
    expect(await node.until('the same tip', ({ state }) => state === 'synced')).toMatchObject({
      ...{ height: 400, tip: before.tip, supply: before.supply },
    })
    await node.run('chain', 'mode', 'pruned', '--yes')
    expect(await node.until('another mode', ({ mode }) => mode === 'pruned')).toMatchObject({ tip: before.tip })
    await node.kill()
    await node.start()
    expect(await node.info()).toMatchObject({ mode: 'pruned', tip: before.tip, supply: before.supply })
    await node.stop()
  })
})

/** Id of the reward of the first block made: the only transaction of its block, and so its merkle root. */
async function coinbaseOf(node: Daemon, made: Line): Promise<string> {
  const [first] = made.blocks as string[]
  const { merkleRoot } = await node.run('chain', 'block', String(first))
  return String(merkleRoot)
}

/** Asks until the transaction is in the node's mempool. */
async function untilInMempool(node: Daemon, txid: string): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const { transactions } = await node.run('chain', 'mempool')
    if (transactions === 1) {
      expect((await node.run('chain', 'tx', txid)).confirmations).toBe(0)
      return
    }
  }
  throw new Error('the transaction did not come')
}
