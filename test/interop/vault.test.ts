/** The process that holds the keys, as it really runs: a child of Node, with the real cost of a password. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { HDKey } from '@scure/bip32'
import { mnemonicToSeedSync } from '@scure/bip39'
import { p2wpkh, Transaction as ScureTransaction } from '@scure/btc-signer'
import { Transaction as BitcoinjsTransaction, payments, script } from 'bitcoinjs-lib'
import { afterEach, describe, expect, test } from 'vitest'
import { displayHash } from '../../src-main/chain/primitives/hashes.ts'
import { Transaction, type TransactionFields } from '../../src-main/chain/primitives/transaction.ts'
import { createClock } from '../../src-main/host/clock.ts'
import { createLocalSockets } from '../../src-main/host/local-sockets.ts'
import { sourceScripts } from '../../src-main/host/source-scripts.ts'
import { createVaultProcesses } from '../../src-main/host/vault-processes.ts'
import { toHex } from '../../src-main/kernel/bytes.ts'
import { silentLog } from '../../src-main/kernel/log.ts'
import { accountNetworks } from '../../src-main/wallet/keys/account-network.ts'
import { openPublicAccount } from '../../src-main/wallet/keys/public-account.ts'
import { MemoryKeyStore } from '../../src-main/wallet/test-support/memory-key-store.ts'
import { createVault } from '../../src-main/wallet/vault/create-vault.ts'
import type { KeyPath } from '../../src-main/wallet/wallet-types.ts'
import { descendantsOf, isAlive, read, titleOf } from './support/processes.ts'
import { connectVault } from './support/vault-client.ts'

const PASSWORD = 'correct horse battery'
const TITLE = 'shoal-vault'
const ABANDON = `${'abandon '.repeat(11)}about`
const network = accountNetworks.local
const sockets = createLocalSockets()
const cleanUp: (() => unknown)[] = []

afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vault-'))
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function bed(store = new MemoryKeyStore()) {
  const socket = join(temporary(), 'keys', 'vault.sock')
  const processes = createVaultProcesses(sourceScripts.vault)
  const vault = createVault({
    ...{ processes, store, socket, network: 'local', lockAfter: 10, clock: createClock(), log: silentLog },
  })
  cleanUp.push(() => vault.stop())
  return {
    ...{ vault, store, socket },
    /** Of the process that runs now. */
    pid: () => descendantsOf(process.pid).find((pid) => titleOf(pid) === TITLE) ?? 0,
    async connect() {
      await vault.open()
      const connection = await connectVault(sockets, socket)
      cleanUp.push(() => connection.close())
      return connection.vault
    },
  }
}

/** Resolves when the vault says that something changed and `done` holds. */
function until(vault: { watch(changed: () => void): () => void }, done: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!done()) return
      unwatch()
      resolve()
    }
    const unwatch = vault.watch(look)
    look()
  })
}

describe('a wallet in its process', () => {
  test('is created, and confirmed with three of its words', async () => {
    const { vault, store, connect } = bed()
    const channel = await connect()
    const { words } = await channel.create({ password: PASSWORD })
    const { positions } = await channel.challenge()
    await channel.confirm({ words: positions.map((position) => words[position - 1] as string) })
    expect(store.account?.wordsConfirmed).toBe(true)
    expect(await channel.state()).toMatchObject({ exists: true, locked: false, wordsConfirmed: true })
    expect(vault.state.locksAt).toBeGreaterThan(Date.UTC(2026, 0))
  })

  test('signs what bitcoinjs-lib and @scure/btc-signer take', async () => {
    const { vault, store, connect } = bed()
    const channel = await connect()
    await channel.restore({ words: ABANDON, password: PASSWORD })
    const account = openPublicAccount(store.account?.extendedPublicKey as string, network)
    const paths = Array.from({ length: 8 }, (_, i): KeyPath => ({ chain: i % 2 === 0 ? 0 : 1, index: 11 * i }))
    const amountOf = (i: number) => 70_000n + BigInt(i)
    const fields: TransactionFields = {
      version: 2,
      lockTime: 17,
      inputs: paths.map((_, index) => ({
        previous: { txid: new Uint8Array(32).fill(index + 1), index },
        ...{ scriptSig: new Uint8Array(0), sequence: 0xffff_fffd, witness: [] },
      })),
      outputs: [{ value: 60_000n, scriptPubKey: account.scriptAt({ chain: 0, index: 9 }) }],
    }
    const inputs = paths.map((path, i) => ({ path, value: amountOf(i) }))
    const witnesses = await vault.sign({ transaction: new Transaction(fields), inputs })
    const signed = new Transaction({
      ...fields,
      inputs: fields.inputs.map((input, i) => ({ ...input, witness: witnesses[i] ?? [] })),
    })

    const parsed = BitcoinjsTransaction.fromBuffer(Buffer.from(signed.bytes()))
    expect(parsed.getId()).toBe(displayHash(signed.txid))
    const theirs = scureTransaction(
      fields,
      paths.map((path) => account.publicKeyAt(path)),
      amountOf,
    )
    expect(ScureTransaction.fromRaw(signed.bytes(), { allowUnknownInputs: true }).id).toBe(theirs.id)
    let same = 0
    paths.forEach((path, i) => {
      const pubkey = account.publicKeyAt(path)
      const [signature, publicKey] = parsed.ins[i]?.witness ?? []
      if (!signature || !publicKey) throw new Error('no witness')
      expect(toHex(publicKey)).toBe(toHex(pubkey))
      const digest = parsed.hashForWitnessV0(i, payments.p2pkh({ pubkey }).output as Uint8Array, amountOf(i), 1)
      const compact = script.signature.decode(signature).signature
      expect(secp256k1.verify(compact, digest, pubkey, { prehash: false, lowS: true })).toBe(true)
      // It takes RFC 6979's first nonce; ours is that one too where R is low.
      theirs.signIdx(privateKeyAt(path), i)
      const plain = theirs.getInput(i).partialSig?.[0]?.[1]
      if (plain && plain.length <= 71) {
        expect(toHex(signature)).toBe(toHex(plain))
        same++
      }
    })
    expect(same).toBeGreaterThan(0)
    expect(same).toBeLessThan(paths.length)
  })
})

function scureTransaction(
  { version, lockTime, inputs, outputs }: TransactionFields,
  publicKeys: readonly Uint8Array[],
  amountOf: (input: number) => bigint,
): ScureTransaction {
  const made = new ScureTransaction({ version, lockTime })
  inputs.forEach(({ previous, sequence }, i) => {
    const { script } = p2wpkh(publicKeys[i] as Uint8Array)
    const txid = displayHash(previous.txid)
    made.addInput({ txid, index: previous.index, sequence, witnessUtxo: { script, amount: amountOf(i) } })
  })
  for (const { scriptPubKey, value } of outputs) made.addOutput({ script: scriptPubKey, amount: value })
  return made
}

/** Of the same words, by another way. */
function privateKeyAt({ chain, index }: KeyPath): Uint8Array {
  const { privateKey } = HDKey.fromMasterSeed(mnemonicToSeedSync(ABANDON)).derive(`m/84'/1'/0'/${chain}/${index}`)
  if (!privateKey) throw new Error('no key')
  return privateKey
}

describe('the process', () => {
  test('is gone after the lock, and its socket with it; the next use starts another', async () => {
    const { vault, socket, pid, connect } = bed()
    const channel = await connect()
    await channel.create({ password: PASSWORD })
    const first = pid()
    expect(isAlive(first)).toBe(true)
    expect(vault.state.locked).toBe(false)
    await channel.lock()
    await until(vault, () => !isAlive(first))
    expect([vault.state.locked, existsSync(socket)]).toEqual([true, false])

    const again = await connect()
    expect(pid()).not.toBe(first)
    await expect(again.unlock({ password: 'wrong password' })).rejects.toMatchObject({ code: 'WRONG_PASSWORD' })
    await again.unlock({ password: PASSWORD })
    expect(vault.state.locked).toBe(false)
    await vault.lock()
    expect([vault.state.locked, pid(), existsSync(socket)]).toEqual([true, 0, false])
  })

  test('killed while it works: the caller is told, nothing is lost, the next one opens', async () => {
    const { vault, store, pid, connect } = bed()
    const channel = await connect()
    await channel.create({ password: PASSWORD })
    const changing = channel.changePassword({ from: PASSWORD, to: 'another password' })
    process.kill(pid(), 'SIGKILL')
    await expect(changing).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    await until(vault, () => vault.state.locked)
    expect(store.generations).toHaveLength(1)
    const again = await connect()
    await again.unlock({ password: PASSWORD })
    expect(vault.state.locked).toBe(false)
  })

  test('has a socket for its owner alone', async () => {
    const { socket, connect } = bed()
    await connect()
    expect(statSync(socket).mode & 0o777).toBe(0o600)
    expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700)
  })

  test('has no streams, no core file, and of the environment only what it needs', async () => {
    process.env.SHOAL_TEST_SECRET = 'do not pass on'
    cleanUp.push(() => delete process.env.SHOAL_TEST_SECRET)
    const { pid, connect } = bed()
    await connect()
    for (const stream of [0, 1, 2]) expect(readlinkSync(`/proc/${pid()}/fd/${stream}`)).toBe('/dev/null')
    expect(read(pid(), 'coredump_filter').trim()).toMatch(/^0+$/)
    const environment = read(pid(), 'environ')
    expect(environment).not.toContain('do not pass on')
    expect(environment).not.toContain('PATH=')
  })

  test('opens no debugger on a signal', async () => {
    const { vault, pid, connect } = bed()
    const channel = await connect()
    process.kill(pid(), 'SIGUSR1')
    await channel.state()
    const listening = read(pid(), 'net/tcp')
      .split('\n')
      .filter((line) => / 0A /.test(line) && /:240D /.test(line))
    expect(listening).toEqual([])
    expect(vault.state.locked).toBe(true)
  })

  test('does not run under a debugger, nor where nobody started it for this', () => {
    const run = (...flags: string[]) =>
      spawnSync(process.execPath, [...flags, fileURLToPath(sourceScripts.vault)], { timeout: 30_000 }).status
    expect(run('--inspect=127.0.0.1:0')).toBe(78)
    expect(run()).toBe(70)
  })

  test('ends with the program that started it', async () => {
    const socket = join(temporary(), 'vault.sock')
    const owner = spawn(process.execPath, [fileURLToPath(new URL('support/vault-owner.ts', import.meta.url)), socket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(owner.stdout, 'data')
    const [pid = 0] = descendantsOf(owner.pid as number)
    expect(titleOf(pid)).toBe(TITLE)
    const { vault } = await connectVault(sockets, socket)
    const lost = new Promise((resolve) => vault.changes(undefined, { next: () => {}, failed: resolve }))
    await vault.state()
    owner.kill('SIGKILL')
    expect(await lost).toMatchObject({ code: 'CONNECTION_LOST' })
    while (isAlive(pid)) await setImmediate()
    expect(existsSync(socket)).toBe(false)
  })
})
