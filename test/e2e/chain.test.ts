/**
 * The chain in the real window: its thread, signature checks and mining threads run in Electron's workers; blocks that are
 * mined show in the Explorer, and the mining panel starts and stops.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOfScript } from '../../src-main/chain/address/address.ts'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import { decodeTransaction } from '../../src-main/chain/primitives/transaction-decoding.ts'
import { coinOf, spendCoins, TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { fromHex } from '../../src-main/kernel/bytes.ts'
import { look } from './pictures.ts'
import { openShoal, removeFolders, type ShoalWindow } from './window.ts'

const { addresses, coinbaseMaturity } = networks.local
const key = new TestKey(5)
const address = addressOfScript(key.p2wpkh, addresses) as string
const PATIENCE = { timeout: 90_000 }

let shoal: ShoalWindow

beforeAll(async () => {
  shoal = await openShoal({ welcomed: true, args: ['--network', 'local'] })
})
afterAll(async () => {
  await shoal?.close()
  removeFolders()
})

/** A call over the window's own bridge. */
async function call<T>(service: string, name: string, args?: unknown): Promise<T> {
  const answer = await shoal.page.evaluate(
    async ([serviceName, callName, callArgs]) => {
      const { shoal: bridge } = window as unknown as { shoal: { call(...args: unknown[]): Promise<unknown> } }
      return bridge.call(serviceName, callName, callArgs)
    },
    [service, name, args] as const,
  )
  const { value, error } = answer as { value?: T; error?: { message: string } }
  if (error) throw new Error(error.message)
  return value as T
}

describe('the chain in Electron', () => {
  test('signatures are checked natively in worker threads, and blocks are made', async () => {
    await expect
      .poll(() => call<{ state: string }>('chain', 'info').then(({ state }) => state), PATIENCE)
      .toBe('synced')
    expect(await call('chain', 'info')).toMatchObject({ network: 'local', signatures: 'native', height: 0 })
    const { blocks } = await call<{ blocks: string[] }>('miner', 'generate', {
      blocks: coinbaseMaturity + 1,
      address,
    })
    const { merkleRoot } = await call<{ merkleRoot: string }>('chain', 'block', { id: blocks[0] })
    const { hex } = await call<{ hex: string }>('chain', 'transaction', { txid: merkleRoot })
    const coinbase = decodeTransaction(fromHex(hex))
    const good = spendCoins([coinOf(coinbase, 0, key)], [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }])
    const signedByOther = spendCoins(
      [coinOf(coinbase, 0, Object.assign(new TestKey(6), { publicKey: key.publicKey, hash: key.hash }))],
      [{ value: 4_999_990_000n, scriptPubKey: key.p2wpkh }],
    )
    await expect(call('chain', 'submit', { transaction: signedByOther.bytes() })).rejects.toThrow(/script-verify/)
    await call('chain', 'submit', { transaction: good.bytes() })
    await call('miner', 'generate', { blocks: 1, address })
    expect(await call('chain', 'mempool', {})).toMatchObject({ transactions: 0 })
  })

  test('the mining threads of the app find blocks, natively where the machine has a compiler', async () => {
    const { height } = await call<{ height: number }>('chain', 'info')
    // A window that was just opened counts as somebody being there.
    await call('settings', 'set', { minerPausesWhileActive: true })
    await call('miner', 'start', { threads: 1, share: 100, address })
    expect(await call('miner', 'status')).toMatchObject({ state: 'paused', pausedBecause: 'user-active' })
    await call('settings', 'set', { minerPausesWhileActive: false })
    await expect
      .poll(() => call<{ height: number }>('chain', 'info').then((info) => info.height), PATIENCE)
      .toBeGreaterThanOrEqual(height + 2)
    const { kernel } = await call<{ kernel: string }>('miner', 'status')
    expect(kernel).toMatch(/^(native \(.+\)|WebAssembly SIMD)$/)
    await call('miner', 'stop')
    expect(await call('miner', 'status')).toMatchObject({ state: 'off', blocksFound: expect.any(Number) })
  })

  test('what was mined shows in the Explorer, and the panel in the Wallet mines: nothing cut off, all reachable', async () => {
    const { page } = shoal
    const goTo = async (name: string) => {
      await page.getByRole('navigation').getByRole('button', { name, exact: true }).click()
      await page.getByRole('heading', { level: 1, name }).waitFor()
    }
    const find = async (text: string, title: RegExp) => {
      await page.getByRole('textbox', { name: 'Height, hash, transaction or address' }).fill(text)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { level: 2, name: title }).waitFor()
    }
    await goTo('Explorer')
    await page.getByRole('region', { name: 'The tip of the chain' }).waitFor()
    await look(shoal, 'chain-tip')
    await find('1', /Block/)
    await look(shoal, 'chain-block')
    const { merkleRoot } = await call<{ merkleRoot: string }>('chain', 'block', { id: 1 })
    await find(merkleRoot, /transaction/)
    await look(shoal, 'chain-transaction')
    await find(address, /Address/)
    await look(shoal, 'chain-address')
    await goTo('Wallet')
    await page.getByRole('button', { name: 'Mining', exact: true }).click()
    await page.getByRole('form', { name: 'Mining' }).getByRole('button', { name: 'Start mining' }).click()
    await page.getByRole('button', { name: 'Stop mining' }).waitFor()
    await look(shoal, 'mining')
    await page.getByRole('button', { name: 'Stop mining' }).click()
    await page.getByRole('button', { name: 'Start mining' }).waitFor()
    expect(shoal.complaints).toEqual([])
  })
})
