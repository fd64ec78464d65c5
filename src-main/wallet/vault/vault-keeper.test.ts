import secp256k1 from 'secp256k1'
import { describe, expect, test } from 'vitest'
import { scriptOf } from '../../chain/address/output-script.ts'
import { hash160 } from '../../chain/primitives/hashes.ts'
import { Transaction, type TransactionFields } from '../../chain/primitives/transaction.ts'
import { SharedSighashes, witnessSighash } from '../../chain/script/sighash-witness.ts'
import { toHex } from '../../kernel/bytes.ts'
import { MINUTE } from '../../kernel/clock.ts'
import type { KeyDerivation } from '../../kernel/key-derivation.ts'
import { PlainClock } from '../../simulation/plain-clock.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { CHEAP_COST, inlineDerivation } from '../../simulation/vault.ts'
import { VirtualTime } from '../../simulation/virtual-clock.ts'
import { accountNetworks } from '../keys/account-network.ts'
import { openPublicAccount } from '../keys/public-account.ts'
import { MemoryKeyStore } from '../test-support/memory-key-store.ts'
import type { KeyPath, SigningRequest } from '../wallet-types.ts'
import { MAX_WAITING_ATTEMPTS } from './attempts.ts'
import { LOCK_CHECK_MS } from './open-keys.ts'
import { MAX_SIGNED_INPUTS } from './sign-transaction.ts'
import { VaultKeeper } from './vault-keeper.ts'

const PASSWORD = 'correct horse'
const OTHER = 'battery staple'
const ABANDON = `${'abandon '.repeat(11)}about`
const network = accountNetworks.local

interface BedOptions {
  readonly store?: MemoryKeyStore
  readonly derivation?: KeyDerivation
  readonly lockAfter?: number
  readonly seed?: number
}

function bed({
  store = new MemoryKeyStore(),
  derivation = inlineDerivation,
  lockAfter = 10,
  seed = 1,
}: BedOptions = {}) {
  const time = new VirtualTime()
  const events = { changed: 0, ended: 0 }
  const keeper = new VaultKeeper({
    ...{ derivation, cost: CHEAP_COST, random: SeededRandom.of(seed), network, store, lockAfter },
    clock: new PlainClock(time),
    changed: () => events.changed++,
    ended: () => events.ended++,
  })
  return { keeper, store, time, events }
}

const create = (keeper: VaultKeeper, password = PASSWORD) =>
  keeper.create({ words: 12, language: 'english', passphrase: '', password })
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  )
const answersOf = (keeper: VaultKeeper, words: readonly string[]): string[] =>
  keeper.challenge().map((position) => words[position - 1] ?? '')

/** Spends an output at each path to the first address of the account. */
function requestFor(paths: readonly KeyPath[], value = 1_000n): SigningRequest {
  const fields: TransactionFields = {
    version: 2,
    lockTime: 0,
    inputs: paths.map((_, index) => ({
      previous: { txid: new Uint8Array(32).fill(9), index },
      ...{ scriptSig: new Uint8Array(0), sequence: 0xffff_fffd, witness: [] },
    })),
    outputs: [{ value: 500n, scriptPubKey: new Uint8Array(22) }],
  }
  return { transaction: new Transaction(fields), inputs: paths.map((path) => ({ value, path })) }
}

describe('a new wallet', () => {
  test('is kept, open and not confirmed; its words are told once', async () => {
    const { keeper, store, events } = bed()
    expect(await keeper.refresh()).toEqual({ exists: false, locked: true, locksAt: undefined, wordsConfirmed: false })
    const words = await create(keeper)
    expect(words).toHaveLength(12)
    expect(keeper.state).toMatchObject({ exists: true, locked: false, wordsConfirmed: false })
    expect(store.account).toMatchObject({ wordsConfirmed: false, birthday: expect.any(Number) })
    expect(store.account?.extendedPublicKey).toMatch(/^tpub/)
    expect(events.changed).toBeGreaterThan(0)
    expect(await codeOf(create(keeper))).toBe('WALLET_EXISTS')
  })

  test('has 24 words where that is asked for, in the language that is asked for', async () => {
    const { keeper } = bed()
    const words = await keeper.create({ words: 24, language: 'japanese', passphrase: 'x', password: PASSWORD })
    expect(words).toHaveLength(24)
    expect(words.join('')).toMatch(/^[\u3040-\u309f]+$/)
  })

  test('restored elsewhere from its words and passphrase it is the same account', async () => {
    const first = bed()
    const words = await first.keeper.create({ words: 12, language: 'czech', passphrase: 'á', password: PASSWORD })
    const second = bed({ seed: 2 })
    await second.keeper.restore({ words: words.join(' '), passphrase: 'a\u0301', password: OTHER, birthday: 5 })
    expect(second.store.account?.extendedPublicKey).toBe(first.store.account?.extendedPublicKey)
    expect(second.store.account).toMatchObject({ wordsConfirmed: true, birthday: 5 })
    const third = bed({ seed: 3 })
    await third.keeper.restore({ words: words.join(' '), passphrase: '', password: OTHER })
    expect(third.store.account?.extendedPublicKey).not.toBe(first.store.account?.extendedPublicKey)
  })

  test('is not begun with a short password, bad words, or a medium that writes something else', async () => {
    const { keeper, store } = bed()
    expect(await codeOf(create(keeper, '1234567'))).toBe('WEAK_PASSWORD')
    // Seven characters, however many code units.
    expect(await codeOf(create(keeper, '\u{1f41f}'.repeat(7)))).toBe('WEAK_PASSWORD')
    const restore = { passphrase: '', password: PASSWORD }
    await expect(keeper.restore({ ...restore, words: 'abandon' })).rejects.toMatchObject({
      code: 'BAD_WORDS',
      fault: { reason: { what: 'count', count: 1 } },
    })
    expect(store.account).toBeUndefined()
    store.written = (sealed) => sealed.slice(1)
    expect(await codeOf(create(keeper))).toBe('NOT_KEPT')
    expect(keeper.state.locked).toBe(true)
  })

  test('errors name no word and no password', async () => {
    const { keeper } = bed()
    const words = `${'zoo '.repeat(11)}verysecretword`
    const said: string[] = []
    for (const work of [
      keeper.restore({ words, passphrase: '', password: PASSWORD }),
      keeper.unlock('verysecretword'),
      create(keeper, 'shrt'),
    ])
      await work.catch((error: unknown) => said.push(JSON.stringify(error), String(error)))
    expect(said).toHaveLength(6)
    for (const text of said) expect(text).not.toMatch(/verysecretword|shrt|zoo/)
  })
})

describe('confirming the words', () => {
  test('three are asked for, the same until they are answered; a wrong one asks for others', async () => {
    const { keeper, store } = bed()
    const words = await create(keeper)
    const asked = keeper.challenge()
    expect(new Set(asked).size).toBe(3)
    expect([...asked].sort((a, b) => a - b)).toEqual(asked)
    expect(keeper.challenge()).toEqual(asked)
    const [first = '', , third = ''] = answersOf(keeper, words)
    await expect(keeper.confirm([first, 'nonsense', third])).rejects.toMatchObject({
      code: 'WRONG_WORD',
      fault: { position: asked[1] },
    })
    expect(keeper.challenge()).not.toEqual(asked)
    expect(store.account?.wordsConfirmed).toBe(false)
    await keeper.confirm(answersOf(keeper, words).map((word) => ` ${word.toUpperCase()} `))
    expect(store.account?.wordsConfirmed).toBe(true)
    expect(keeper.state.wordsConfirmed).toBe(true)
    expect(() => keeper.challenge()).toThrow(expect.objectContaining({ code: 'WORDS_CONFIRMED' }))
  })

  test('can be done in another life of the process', async () => {
    const first = bed()
    const words = await create(first.keeper)
    const { keeper, store } = bed({ store: first.store, seed: 5 })
    await keeper.refresh()
    expect(() => keeper.challenge()).toThrow(expect.objectContaining({ code: 'WALLET_LOCKED' }))
    await keeper.unlock(PASSWORD)
    await keeper.confirm(answersOf(keeper, words))
    expect(store.account?.wordsConfirmed).toBe(true)
  })

  test('there is nothing to confirm of a restored wallet, or of none', async () => {
    const { keeper } = bed()
    expect(() => keeper.challenge()).toThrow(expect.objectContaining({ code: 'NO_WALLET' }))
    await keeper.restore({ words: ABANDON, passphrase: '', password: PASSWORD })
    expect(() => keeper.challenge()).toThrow(expect.objectContaining({ code: 'WORDS_CONFIRMED' }))
  })
})

describe('unlocking', () => {
  test('takes the password and no other', async () => {
    const { store } = bed()
    const first = bed({ store })
    await create(first.keeper)
    const { keeper } = bed({ store })
    expect(await codeOf(keeper.unlock('wrong'))).toBe('WRONG_PASSWORD')
    expect(keeper.state).toMatchObject({ exists: true, locked: true })
    await keeper.unlock(PASSWORD)
    expect(keeper.state.locked).toBe(false)
    expect(await codeOf(bed().keeper.unlock(PASSWORD))).toBe('NO_WALLET')
  })

  test('keys not matching addresses: keys of another account are refused', async () => {
    const { keeper, store } = bed()
    await create(keeper)
    const other = bed({ seed: 9 })
    await create(other.keeper)
    store.generations = other.store.generations
    expect(await codeOf(bed({ store }).keeper.unlock(PASSWORD))).toBe('DAMAGED_KEYS')
  })

  test('one at a time, a few wait, more are refused at once', async () => {
    const { keeper, store } = bed()
    await create(keeper)
    let running = 0
    let most = 0
    let release: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const derivation: KeyDerivation = {
      async scrypt(...args) {
        most = Math.max(most, ++running)
        await gate
        running--
        return inlineDerivation.scrypt(...args)
      },
    }
    const busy = bed({ store, derivation }).keeper
    const attempts = Array.from({ length: MAX_WAITING_ATTEMPTS + 3 }, () => codeOf(busy.unlock('wrong guess')))
    expect(await Promise.all(attempts.slice(-2))).toEqual(['BUSY', 'BUSY'])
    release()
    const worked = await Promise.all(attempts.slice(0, -2))
    expect(worked).toEqual(Array.from({ length: MAX_WAITING_ATTEMPTS + 1 }, () => 'WRONG_PASSWORD'))
    expect(most).toBe(1)
  })

  test('that comes to its end after the lock opens nothing', async () => {
    const { keeper, store } = bed()
    await create(keeper)
    let release: () => void = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const derivation: KeyDerivation = {
      scrypt: async (...args) => {
        await gate
        return inlineDerivation.scrypt(...args)
      },
    }
    const late = bed({ store, derivation })
    const unlocking = codeOf(late.keeper.unlock(PASSWORD))
    late.keeper.end()
    release()
    expect(await unlocking).toBe('VAULT_ENDED')
    expect(late.keeper.state.locked).toBe(true)
  })

  test('a wallet that is still being sealed at the end does not begin: nobody would be told its words', async () => {
    const { keeper, store } = bed()
    const making = codeOf(create(keeper))
    keeper.end()
    expect(await making).toBe('VAULT_ENDED')
    expect(store.account).toBeUndefined()
  })
})

describe('locking', () => {
  test('comes by itself after the time without use, and use puts it off', async () => {
    const { keeper, time, events } = bed({ lockAfter: 10 })
    await create(keeper)
    const locksAt = keeper.state.locksAt as number
    await time.advance(9 * MINUTE, () => false)
    expect(keeper.state).toMatchObject({ locked: false, locksAt })
    keeper.sign(requestFor([{ chain: 0, index: 0 }]))
    expect(keeper.state.locksAt).toBe(locksAt + 9 * MINUTE)
    await time.advance(19 * MINUTE - 1, () => false)
    expect(keeper.state.locked).toBe(false)
    await time.advance(19 * MINUTE + LOCK_CHECK_MS, () => false)
    expect(keeper.state).toMatchObject({ exists: true, locked: true, locksAt: undefined })
    expect(events.ended).toBe(1)
    expect(() => keeper.sign(requestFor([{ chain: 0, index: 0 }]))).toThrow(
      expect.objectContaining({ code: 'WALLET_LOCKED' }),
    )
  })

  test('follows the time that the settings say, at once', async () => {
    const { keeper, time } = bed({ lockAfter: 60 })
    await create(keeper)
    await time.advance(20 * MINUTE, () => false)
    keeper.lockAfter = 15
    expect(keeper.state.locked).toBe(true)
  })

  test('a night asleep counts: the calendar goes on where the other clock stood still', async () => {
    let wall = 1_000_000
    const timers = new Set<() => void>()
    const { store } = bed()
    const keeper = new VaultKeeper({
      ...{ derivation: inlineDerivation, cost: CHEAP_COST, random: SeededRandom.of(1), network, store, lockAfter: 10 },
      clock: {
        now: () => 0,
        wallTime: () => wall,
        after: () => ({ cancel() {} }),
        every: (_period, run) => {
          timers.add(run)
          return { cancel: () => timers.delete(run) }
        },
      },
      ...{ changed() {}, ended() {} },
    })
    await create(keeper)
    wall += 9 * MINUTE
    for (const run of timers) run()
    expect(keeper.state.locked).toBe(false)
    expect(keeper.sign(requestFor([{ chain: 0, index: 0 }]))).toHaveLength(1)
    wall += 8 * 60 * MINUTE
    // Somebody wants a signature before the timer comes.
    expect(() => keeper.sign(requestFor([{ chain: 0, index: 0 }]))).toThrow(/locked/)
    expect(keeper.state.locked).toBe(true)
    expect(timers.size).toBe(0)
  })

  test('of what is locked ends nothing; ending does', async () => {
    const { keeper, events } = bed()
    keeper.lock()
    expect(events.ended).toBe(0)
    keeper.end()
    keeper.end()
    expect(events.ended).toBe(1)
  })
})

describe('a changed password', () => {
  test('opens it, the old one does not, and the seal is a fresh one', async () => {
    const { keeper, store } = bed()
    await create(keeper)
    const [before] = store.generations
    await keeper.changePassword(PASSWORD, OTHER)
    expect(store.generations).toHaveLength(1)
    expect(toHex(store.generations[0]?.subarray(20) as Uint8Array)).not.toBe(toHex(before?.subarray(20) as Uint8Array))
    const again = bed({ store }).keeper
    expect(await codeOf(again.unlock(PASSWORD))).toBe('WRONG_PASSWORD')
    expect(await codeOf(again.unlock(OTHER))).toBe('done')
    expect(again.state.wordsConfirmed).toBe(false)
  })

  test('needs the old one, and a strong one; works while it is locked, which it stays', async () => {
    const { keeper, store } = bed()
    await create(keeper)
    const locked = bed({ store }).keeper
    expect(await codeOf(locked.changePassword(OTHER, OTHER))).toBe('WRONG_PASSWORD')
    expect(await codeOf(locked.changePassword(PASSWORD, 'short'))).toBe('WEAK_PASSWORD')
    expect(await codeOf(locked.changePassword(PASSWORD, OTHER))).toBe('done')
    expect(locked.state.locked).toBe(true)
  })

  test.each(['replace', 'read', 'settle'] as const)('that fails at "%s" leaves what opens', async (step) => {
    const { keeper, store } = bed()
    await create(keeper)
    let reads = 0
    store.before = (call) => {
      // The first reading is that of the old one.
      if (call === step && (step !== 'read' || ++reads === 2)) throw new Error('the disk is gone')
    }
    expect(await codeOf(keeper.changePassword(PASSWORD, OTHER))).toBe('NOT_KEPT')
    store.before = () => {}
    expect(await codeOf(bed({ store }).keeper.unlock(PASSWORD))).toBe('done')
  })

  test('that was written wrongly leaves the previous generation, which opens', async () => {
    const { keeper, store } = bed()
    await create(keeper)
    store.written = (sealed) => sealed.map((byte, at) => (at === 100 ? byte ^ 1 : byte))
    expect(await codeOf(keeper.changePassword(PASSWORD, OTHER))).toBe('NOT_KEPT')
    expect(store.generations).toHaveLength(2)
    const again = bed({ store }).keeper
    expect(await codeOf(again.unlock('neither'))).toBe('DAMAGED_KEYS')
    expect(await codeOf(again.unlock(PASSWORD))).toBe('done')
    // The next change goes from the one that opens.
    store.written = (sealed) => sealed
    await again.changePassword(PASSWORD, OTHER)
    expect(store.generations).toHaveLength(1)
    expect(await codeOf(bed({ store }).keeper.unlock(OTHER))).toBe('done')
  })

  test('cut off before it was settled opens with either, and the new one settles it', async () => {
    const { keeper, store } = bed()
    await create(keeper)
    store.before = (call) => {
      if (call === 'settle') throw new Error('kill -9')
    }
    await codeOf(keeper.changePassword(PASSWORD, OTHER))
    store.before = () => {}
    expect(store.generations).toHaveLength(2)
    expect(await codeOf(bed({ store }).keeper.unlock(PASSWORD))).toBe('done')
    expect(store.generations).toHaveLength(2)
    expect(await codeOf(bed({ store }).keeper.unlock(OTHER))).toBe('done')
    expect(store.generations).toHaveLength(1)
  })
})

describe('signing', () => {
  test('gives for each input a signature that its key verifies, and the key', async () => {
    const { keeper, store } = bed()
    await keeper.restore({ words: ABANDON, passphrase: '', password: PASSWORD })
    const account = openPublicAccount(store.account?.extendedPublicKey ?? '', network)
    const paths: KeyPath[] = [
      { chain: 0, index: 0 },
      { chain: 1, index: 7 },
      { chain: 0, index: 2 ** 31 - 1 },
    ]
    const request = requestFor(paths, 123_456n)
    const witnesses = keeper.sign(request)
    expect(witnesses).toHaveLength(3)
    paths.forEach((path, index) => {
      const [signature, publicKey] = witnesses[index] as [Uint8Array, Uint8Array]
      expect(toHex(publicKey)).toBe(toHex(account.publicKeyAt(path)))
      expect(signature.at(-1)).toBe(1)
      expect(signature.length).toBeLessThanOrEqual(71)
      const scriptCode = scriptOf({ type: 'p2pkh', hash: hash160(publicKey) })
      const digest = witnessSighash(new SharedSighashes(request.transaction), index, scriptCode, 123_456n, 1)
      const plain = secp256k1.signatureImport(signature.slice(0, -1))
      expect(secp256k1.ecdsaVerify(plain, digest, publicKey)).toBe(true)
    })
  })

  test('refuses what is not an account’s', async () => {
    const { keeper } = bed()
    await create(keeper)
    const at = (path: unknown, value?: bigint) => requestFor([path as KeyPath], value)
    const one = requestFor([{ chain: 0, index: 0 }])
    const bad: SigningRequest[] = [
      requestFor([]),
      { ...one, inputs: [] },
      { ...one, inputs: [...one.inputs, ...one.inputs] },
      at({ chain: 2, index: 0 }),
      at({ chain: 0, index: -1 }),
      at({ chain: 0, index: 0.5 }),
      at({ chain: 0, index: 2 ** 31 }),
      at({ chain: 0, index: 0 }, -1n),
      at({ chain: 0, index: 0 }, 2_100_000_000_000_001n),
      requestFor(Array.from({ length: MAX_SIGNED_INPUTS + 1 }, (_, index) => ({ chain: 0, index }))),
    ]
    for (const request of bad) expect(() => keeper.sign(request)).toThrow(expect.objectContaining({ code: 'NOT_OURS' }))
  })
})
