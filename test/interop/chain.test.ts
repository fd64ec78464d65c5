/** Real daemons on the local network of the chain: mining, relay, kill -9, two branches, modes. */
import { describe, expect, test } from 'vitest'
import { addressOfScript } from '../../src-main/chain/address/address.ts'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import { decodeTransaction } from '../../src-main/chain/primitives/transaction-decoding.ts'
import { coinOf, spendCoins, TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { fromHex, toHex } from '../../src-main/kernel/bytes.ts'
import { ChainDaemon } from './support/chain-daemon.ts'
import { Machine } from './support/machine.ts'
import type { Line } from './support/shoal-command.ts'

const LIMIT = 60_000
const { addresses, coinbaseMaturity } = networks.local
const key = new TestKey(11)
const address = addressOfScript(key.p2wpkh, addresses) as string

describe('daemons of the chain', { timeout: 4 * LIMIT }, () => {
  test('mine, send, confirm; one is killed and goes on; two branches become one', async (context) => {
    const machine = await Machine.start(context)
    const first = new ChainDaemon(machine, 'first')
    await first.start()
    const second = new ChainDaemon(machine, 'second', ['--chain-peer', first.chainListen])
    await second.start()

    const made = await first.run('miner', 'generate', String(coinbaseMaturity + 1), '--address', address)
    expect((made.blocks as string[]).length).toBe(coinbaseMaturity + 1)
    const { tip } = await first.info()
    await second.untilInfo('the same tip', (info) => info.tip === tip)

    // The reward of block 1 is mature: it is spent at one and confirmed at the other.
    const page = await first.run('chain', 'tx', await coinbaseOf(first, made))
    const coinbase = decodeTransaction(fromHex(String(page.hex)))
    const spend = spendCoins([coinOf(coinbase, 0, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
    const { txid } = await first.run('chain', 'submit', toHex(spend.bytes()))
    await untilInMempool(second, String(txid))
    await second.run('miner', 'generate', '1', '--address', address)
    const confirmed = await first.untilInfo('one block more', ({ height }) => height === coinbaseMaturity + 2)
    expect(await first.run('chain', 'tx', String(txid))).toMatchObject({ confirmations: 1 })

    await first.kill()
    await second.run('miner', 'generate', '3', '--address', address)
    await first.start('--chain-peer', second.chainListen)
    const again = await first.untilInfo('what it missed', ({ height }) => height === coinbaseMaturity + 5)
    expect(again.supply).not.toBe(confirmed.supply)

    // Apart for a while: the shorter branch gives way.
    await second.stop()
    await first.run('miner', 'generate', '2', '--address', address)
    await first.stop()
    await second.start()
    await second.run('miner', 'generate', '4', '--address', address)
    const longer = await second.info()
    await first.start('--chain-peer', second.chainListen)
    await first.untilInfo('the longer branch', (info) => info.tip === longer.tip)
    await Promise.all([first.stop(), second.stop()])
  })

  test('an archive becomes pruned, says so, and a rebuild ends where it began', async (context) => {
    const machine = await Machine.start(context)
    const node = new ChainDaemon(machine, 'node')
    await node.start()
    await node.run('miner', 'generate', '400', '--address', address)
    const before = await node.info()
    await node.run('chain', 'rebuild')
    expect(await node.untilInfo('the same tip', ({ state }) => state === 'synced')).toMatchObject({
      ...{ height: 400, tip: before.tip, supply: before.supply },
    })
    await node.run('chain', 'mode', 'pruned', '--yes')
    expect(await node.untilInfo('another mode', ({ mode }) => mode === 'pruned')).toMatchObject({ tip: before.tip })
    await node.kill()
    await node.start()
    expect(await node.info()).toMatchObject({ mode: 'pruned', tip: before.tip, supply: before.supply })
    await node.stop()
  })
})

/** Id of the reward of the first block made: the only transaction of its block, and so its merkle root. */
async function coinbaseOf(node: ChainDaemon, made: Line): Promise<string> {
  const [first] = made.blocks as string[]
  const { merkleRoot } = await node.run('chain', 'block', String(first))
  return String(merkleRoot)
}

/** Asks until the transaction is in the node's mempool. */
async function untilInMempool(node: ChainDaemon, txid: string): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const { transactions } = await node.run('chain', 'mempool')
    if (transactions === 1) {
      expect((await node.run('chain', 'tx', txid)).confirmations).toBe(0)
      return
    }
  }
  throw new Error('the transaction did not come')
}
