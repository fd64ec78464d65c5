import { Worker } from 'node:worker_threads'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { SignatureBatches, SignatureCheck } from '../kernel/signature-verifier.ts'
import { createSignatureBatches, MAX_OPEN_SIGNATURE_BATCHES } from './signature-batches.ts'
import { packChecks, unpackChecks } from './signature-messages.ts'

const workerPath = new URL('./signature.worker.ts', import.meta.url)
const secret = new Uint8Array(32).fill(9)
const digest = new Uint8Array(32).fill(7)
const good: SignatureCheck = {
  signature: secp256k1.sign(digest, secret, { prehash: false }),
  publicKey: secp256k1.getPublicKey(secret, true),
  digest,
}
const long: SignatureCheck = { ...good, publicKey: secp256k1.getPublicKey(secret, false) }
const bad: SignatureCheck = { ...good, digest: new Uint8Array(32) }
const keyless: SignatureCheck = { ...good, publicKey: new Uint8Array(0) }

const open: SignatureBatches[] = []
function create(threads = 2): SignatureBatches {
  const batches = createSignatureBatches({ workerPath, threads })
  open.push(batches)
  return batches
}

/** The threads that are asked for anything from now on. */
function watchThreads(): Set<Worker> {
  const asked = new Set<Worker>()
  const post = Worker.prototype.postMessage
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...args: unknown[]) {
    asked.add(this)
    return post.apply(this, args as Parameters<typeof post>)
  })
  return asked
}

afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(open.splice(0).map((batches) => batches.close()))
})

describe('signatures on worker threads', () => {
  test('every check gets its own answer', async () => {
    const batches = create()
    expect(await batches.verifyAll([good, bad, long, keyless, good])).toEqual([true, false, true, false, true])
    expect(await batches.verifyAll([])).toEqual([])
  })

  test('many batches are shared by the threads there may be', async () => {
    const asked = watchThreads()
    const batches = create()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        batches.verifyAll(Array.from({ length: 10 }, (_, i) => (i === n % 10 ? bad : good))),
      ),
    )
    for (const [n, answer] of answers.entries()) expect(answer.indexOf(false)).toBe(n % 10)
    expect(asked.size).toBe(2)
  })

  test('too many batches are refused, and those there are go on', async () => {
    const batches = create(1)
    const running = Array.from({ length: MAX_OPEN_SIGNATURE_BATCHES }, () => batches.verifyAll([good]))
    await expect(batches.verifyAll([good])).rejects.toMatchObject({ code: 'FULL', fault: { limit: 256 } })
    expect(new Set((await Promise.all(running)).flat())).toEqual(new Set([true]))
    expect(await batches.verifyAll([good])).toEqual([true])
  })

  test('a thread that ends fails what it had; the next batch gets another thread', async () => {
    const asked = watchThreads()
    const batches = create(1)
    const lost = batches.verifyAll(Array.from({ length: 2000 }, () => good))
    const [thread] = asked
    const failure = expect(lost).rejects.toMatchObject({ code: 'WORKER_DIED' })
    await thread?.terminate()
    await failure
    expect(await batches.verifyAll([good])).toEqual([true])
    expect(asked.size).toBe(2)
  })

  test('closing fails every open batch and every later one', async () => {
    const batches = create(1)
    const running = Array.from({ length: 5 }, () => batches.verifyAll([good]))
    const failures = running.map((batch) => expect(batch).rejects.toMatchObject({ code: 'CLOSED' }))
    await Promise.all([batches.close(), ...failures])
    await expect(batches.verifyAll([good])).rejects.toMatchObject({ code: 'CLOSED' })
    await batches.close()
  })
})

describe('checks as bytes', () => {
  test('are read as they were written', () => {
    const checks = [good, long, keyless]
    expect(unpackChecks(packChecks(checks))).toEqual(checks)
    expect(packChecks(checks)).toHaveLength(3 * 162)
  })

  test.each([
    { ...good, signature: new Uint8Array(63) },
    { ...good, digest: new Uint8Array(33) },
    { ...good, publicKey: new Uint8Array(66) },
  ])('parts of wrong lengths are our mistake', (check) => expect(() => packChecks([check])).toThrow(RangeError))
})
