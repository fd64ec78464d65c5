/**
 * Where secrets are, and where they are not: a daemon makes a wallet, confirms its words, mines, unlocks, signs, changes the
 * password and locks; then its memory, its heap snapshot, its files, its log and all that crossed the contract are searched
 * for the words, the passwords and the keys in every form. The same search finds them in the process that holds the keys.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HDKey } from '@scure/bip32'
import { mnemonicToSeedSync } from '@scure/bip39'
import { expect, test } from 'vitest'
import { Machine } from './support/machine.ts'
import { memoryOf } from './support/memory.ts'
import { descendantsOf, isAlive, titleOf } from './support/processes.ts'
import { recordSocket } from './support/recording-proxy.ts'
import { encodedNeedles, found, secretsOf, textNeedles } from './support/secrets.ts'
import { PASSWORD, WalletDaemon } from './support/wallet-daemon.ts'

const LIMIT = 300_000
const OTHER_PASSWORD = 'a quite different staple'
/** Told to the daemon, so it must be found wherever the search works. */
const PLANTED = 'planted for the search, 7f3a9c'

/** Of a process of Shoal that these tests have started. */
function processOf(what: string, fits: (title: string) => boolean): number {
  const pid = descendantsOf(process.pid).find((each) => fits(titleOf(each)))
  if (pid === undefined) throw new Error(`no ${what} runs`)
  return pid
}

/** Every file below a folder. */
function* filesBelow(folder: string): Generator<{ path: string; bytes: Buffer }> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const stat = statSync(path)
    if (stat.isDirectory()) yield* filesBelow(path)
    else if (stat.isFile()) yield { path, bytes: readFileSync(path) }
  }
}

/** Of the first address. */
function publicKeyOf(words: string): Buffer {
  const { publicKey } = HDKey.fromMasterSeed(mnemonicToSeedSync(words)).derive("m/84'/1'/0'/0/0")
  if (publicKey === null) throw new Error('no key')
  return Buffer.from(publicKey)
}

test('no secret is outside the process that holds the keys', { timeout: LIMIT }, async (context) => {
  const machine = await Machine.start(context)
  process.env.NODE_OPTIONS = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${machine.folder}`
  context.onTestFinished(() => {
    delete process.env.NODE_OPTIONS
  })
  const node = new WalletDaemon(machine, 'daemon')
  await node.start('--log', 'debug')
  const daemon = processOf('daemon', (title) => title.startsWith(process.execPath) && / daemon .*--profile/.test(title))
  const proxy = await recordSocket(join(node.profile, 'shoal.sock'))
  context.onTestFinished(() => proxy.close())

  const { words } = await node.createWallet()
  const secrets = secretsOf(words, [PASSWORD, OTHER_PASSWORD])
  const vault = processOf('vault', (title) => title === 'shoal-vault')
  await node.confirmWords(words)
  await node.run('wallet', 'address', '--label', PLANTED)
  await node.generate(101)
  const files = ['--password-file', await node.secret(PASSWORD)]
  await node.run('wallet', 'unlock', ...files)
  await node.pay(await node.address(), '1.5')
  const inVault = memoryOf(vault)
  const inVaultFound = inVault && found(secrets, inVault)
  await node.run('wallet', 'passwd', ...files, '--new-password-file', await node.secret(OTHER_PASSWORD))
  await node.run('wallet', 'lock')
  expect(isAlive(vault)).toBe(false)

  const shown = textNeedles('planted', PLANTED)
  const publicKeys = encodedNeedles('public key', publicKeyOf(words))

  process.kill(daemon, 'SIGUSR2')
  await node.balance()
  const snapshot = readdirSync(machine.folder).find((name) => name.endsWith('.heapsnapshot'))
  if (snapshot === undefined) throw new Error('no snapshot was written')
  const heap = readFileSync(join(machine.folder, snapshot))
  expect(found(shown, [heap])).toContain('planted')
  expect(found(secrets, [heap])).toEqual([])

  const memory = memoryOf(daemon)
  if (memory && inVaultFound) {
    // What it may know: a text, and the bytes of a public key.
    expect(found([...shown, ...publicKeys], memory)).toEqual(expect.arrayContaining(['planted', 'public key']))
    expect(found(secrets, memoryOf(daemon) ?? [])).toEqual([])
    // The search finds a password, words and keys where they are.
    expect(inVaultFound).toEqual(expect.arrayContaining(['password 1']))
    expect(inVaultFound.filter((what) => what.startsWith('key m/'))).not.toEqual([])
  }

  expect(found(shown, [proxy.traffic()])).toContain('planted')
  expect(found(secrets, [proxy.traffic()])).toEqual([])

  const kept = [...filesBelow(node.profile)]
  expect(kept.map(({ path }) => path)).toContain(join(node.profile, 'wallet', 'local', 'wallet.db'))
  expect(
    found(
      shown,
      kept.map(({ bytes }) => bytes),
    ),
  ).toContain('planted')
  for (const { path, bytes } of kept) expect([path, found(secrets, [bytes])]).toEqual([path, []])
})
