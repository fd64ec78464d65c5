import { gunzipSync } from 'node:zlib'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wordLanguage } from '#shared/contract/vault-channel.ts'
import { sha256 } from '../../chain/primitives/hashes.ts'
import { vectorBytes } from '../../chain/test-support/vectors.ts'
import { concatBytes, fromHex, textOf, toHex, utf8 } from '../../kernel/bytes.ts'
import type { KeyDerivation, ScryptCost } from '../../kernel/key-derivation.ts'
import { CHEAP_COST, inlineDerivation } from '../../simulation/vault.ts'
import {
  DEFAULT_COST,
  isWithinBounds,
  MAX_MEMORY_BYTES,
  MAX_RUNS,
  MAX_SEALED_BYTES,
  openSecret,
  sealSecret,
} from './sealed-keys.ts'
import { decodeSecret, encodeSecret, type WalletSecret } from './wallet-secret.ts'

const runs = process.env.SHOAL_LONG === '1' ? 1_000 : 60
const PASSWORD = 'correct horse battery'
const SECRET: WalletSecret = {
  entropy: Uint8Array.from({ length: 16 }, (_, i) => i * 7),
  language: 'spanish',
  passphrase: 'a passphrase',
  birthday: 1_795_305_600,
}
/** Where log2 N stands. */
const COST_AT = 17

/** Bytes that count up. */
function counting() {
  let next = 0
  return { bytes: (length: number) => Uint8Array.from({ length }, () => next++), below: () => 0 }
}

/** Says what it was asked for, and does it cheaply. */
function watched(): KeyDerivation & { readonly costs: ScryptCost[] } {
  const costs: ScryptCost[] = []
  return {
    costs,
    scrypt(password, salt, cost, length) {
      costs.push(cost)
      return inlineDerivation.scrypt(password, salt, CHEAP_COST, length)
    },
  }
}

const seal = (secret = SECRET, password = PASSWORD, random = counting()) =>
  sealSecret(secret, password, { derivation: inlineDerivation, random, cost: CHEAP_COST })
const open = (sealed: Uint8Array, password = PASSWORD) =>
  openSecret(sealed, password, { derivation: inlineDerivation, cost: CHEAP_COST })
const codeFor = (sealed: Uint8Array, password = PASSWORD): Promise<string> =>
  open(sealed, password).then(
    () => 'opened',
    ({ code }: { code: string }) => code,
  )
/** With the checksum that belongs to it: as somebody who knows the form would change it. */
const forged = (sealed: Uint8Array, change: (body: Uint8Array) => void): Uint8Array => {
  const body = sealed.slice(0, -8)
  change(body)
  return concatBytes([body, sha256(body).subarray(0, 8)])
}

describe('XChaCha20-Poly1305', () => {
  interface Case {
    readonly tcId: number
    readonly key: string
    readonly iv: string
    readonly aad: string
    readonly msg: string
    readonly ct: string
    readonly tag: string
    readonly result: 'valid' | 'invalid'
  }
  const { testGroups, numberOfTests } = JSON.parse(
    gunzipSync(vectorBytes('crypto/xchacha20_poly1305_test.json.gz')).toString(),
  ) as { numberOfTests: number; testGroups: readonly { readonly tests: readonly Case[] }[] }

  test('every case of Wycheproof, both ways', () => {
    const cases = testGroups.flatMap(({ tests }) => tests)
    expect(cases).toHaveLength(numberOfTests)
    expect(cases.length).toBeGreaterThan(300)
    for (const { tcId, key, iv, aad, msg, ct, tag, result } of cases) {
      const work = () => {
        const cipher = xchacha20poly1305(fromHex(key), fromHex(iv), fromHex(aad))
        return [toHex(cipher.decrypt(fromHex(ct + tag))), toHex(cipher.encrypt(fromHex(msg)))]
      }
      if (result === 'valid') expect(work(), `${tcId}`).toEqual([msg, ct + tag])
      else expect(work, `${tcId}`).toThrow()
    }
  })
})

describe('a seal', () => {
  test('costs N = 2^17, r = 8, p = 1 unless told otherwise', async () => {
    expect(DEFAULT_COST).toEqual({ log2N: 17, r: 8, p: 1 })
    const derivation = watched()
    const sealed = await sealSecret(SECRET, PASSWORD, { derivation, random: counting(), cost: DEFAULT_COST })
    expect(derivation.costs).toEqual([DEFAULT_COST])
    expect([...sealed.subarray(COST_AT, COST_AT + 3)]).toEqual([17, 8, 1])
  })

  test('has this form', async () => {
    const sealed = await seal()
    expect(textOf(sealed.subarray(0, 8))).toBe('SHOALKEY')
    expect(toHex(sealed.subarray(8, 20))).toBe('017363727970740000010101')
    expect(toHex(sealed.subarray(20, 76))).toBe(toHex(Uint8Array.from({ length: 56 }, (_, i) => i)))
    expect(sealed).toHaveLength(76 + 256 + 16 + 8)
    // The same for ever: a seal of today is opened by a Shoal of tomorrow.
    expect(toHex(sha256(sealed))).toBe('1d384841785e6f33f1e56c742646bb5ad451d5b20e67d2f140d03325334f6f1b')
  })

  test('opens with its password alone, whatever is sealed', async () => {
    const secrets = fc.record({
      entropy: fc.constantFrom(16, 20, 24, 28, 32).chain((n) => fc.uint8Array({ minLength: n, maxLength: n })),
      language: fc.constantFrom(...wordLanguage.options),
      passphrase: fc.string({ unit: 'grapheme', maxLength: 300 }),
      birthday: fc.option(fc.nat(2 ** 40), { nil: undefined }),
    })
    await fc.assert(
      fc.asyncProperty(secrets, fc.string({ maxLength: 40 }), async (secret, password) => {
        const sealed = await seal(secret, password)
        expect(await open(sealed, password)).toEqual(secret)
        expect(await codeFor(sealed, `${password}.`)).toBe('WRONG_PASSWORD')
      }),
      { seed: 17, numRuns: runs },
    )
  })

  test('is another one each time, and shows nothing of what is in it', async () => {
    const random = counting()
    const [one, other] = [await seal(SECRET, PASSWORD, random), await seal(SECRET, PASSWORD, random)]
    expect(toHex(one.subarray(20))).not.toBe(toHex(other.subarray(20)))
    for (const secret of [SECRET.entropy, utf8(SECRET.passphrase), utf8(PASSWORD)])
      expect(toHex(one)).not.toContain(toHex(secret))
    expect(one.length).toBe((await seal({ ...SECRET, passphrase: '' })).length)
  })

  test('a password written in another form of Unicode is the same one', async () => {
    const sealed = await seal(SECRET, 'café société')
    expect(await codeFor(sealed, 'cafe\u0301 socie\u0301te\u0301')).toBe('opened')
    expect(await codeFor(sealed, 'cafe societe')).toBe('WRONG_PASSWORD')
  })
})

describe('a damaged seal', () => {
  test('any byte changed, any end cut off: damaged, never a crash', async () => {
    const sealed = await seal()
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed)
      changed[at] = (changed[at] as number) ^ 0x20
      expect(await codeFor(changed), `byte ${at}`).toBe('DAMAGED_KEYS')
      expect(await codeFor(sealed.subarray(0, at)), `cut at ${at}`).toBe('DAMAGED_KEYS')
    }
    expect(await codeFor(concatBytes([sealed, Uint8Array.of(0)]))).toBe('DAMAGED_KEYS')
    expect(await codeFor(new Uint8Array(MAX_SEALED_BYTES + 1))).toBe('DAMAGED_KEYS')
  })

  test('every byte before the seal is bound to it', async () => {
    const sealed = await seal()
    for (const at of [COST_AT, COST_AT + 1, COST_AT + 2, 20, 51, 52, 75]) {
      const changed = forged(sealed, (body) => {
        body[at] = (body[at] as number) + 1
      })
      expect(await codeFor(changed), `byte ${at}`).toBe('WRONG_PASSWORD')
    }
  })

  test('one of a newer form says so', async () => {
    const newer = forged(await seal(), (body) => {
      body[8] = 2
    })
    await expect(open(newer)).rejects.toMatchObject({ code: 'NEWER_KEYS', fault: { version: 2 } })
  })

  test('costs beyond the bounds are not tried', async () => {
    const sealed = await seal()
    for (const cost of [
      [0, 1, 1],
      [31, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
      [1, 1, MAX_RUNS + 1],
      [20, 9, 1],
      [255, 255, 255],
    ]) {
      const derivation = watched()
      const changed = forged(sealed, (body) => body.set(cost, COST_AT))
      await expect(openSecret(changed, PASSWORD, { derivation, cost: DEFAULT_COST })).rejects.toMatchObject({
        code: 'DAMAGED_KEYS',
      })
      expect(derivation.costs).toEqual([DEFAULT_COST])
    }
    expect(isWithinBounds({ log2N: 20, r: 8, p: MAX_RUNS })).toBe(true)
    expect(128 * 8 * 2 ** 20).toBe(MAX_MEMORY_BYTES)
  })

  test('a wrong password, a damaged seal and none at all take one derivation of the same cost', async () => {
    const sealed = await sealSecret(SECRET, PASSWORD, { derivation: watched(), random: counting(), cost: DEFAULT_COST })
    for (const [bytes, password] of [
      [sealed, PASSWORD],
      [sealed, 'wrong'],
      [sealed.subarray(0, 100), PASSWORD],
      [new Uint8Array(0), PASSWORD],
    ] as const) {
      const derivation = watched()
      await openSecret(bytes, password, { derivation, cost: DEFAULT_COST }).catch(() => undefined)
      expect(derivation.costs).toEqual([DEFAULT_COST])
    }
  })
})

describe('what is sealed, as bytes', () => {
  test('random bytes give something or nothing, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        for (const each of [bytes, concatBytes([Uint8Array.of(1, 0, 16), bytes])]) {
          const read = decodeSecret(each)
          if (read) expect(decodeSecret(encodeSecret(read))).toEqual(read)
        }
      }),
      { seed: 5, numRuns: 20 * runs },
    )
  })

  test('every cut gives nothing, or the same', () => {
    const bytes = encodeSecret(SECRET)
    for (let end = 0; end < bytes.length; end++) {
      const read = decodeSecret(bytes.subarray(0, end))
      if (read) expect(read).toEqual(SECRET)
    }
    expect(decodeSecret(bytes)).toEqual(SECRET)
  })
})
