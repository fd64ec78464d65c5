/**
 * Whether a kernel does what it should on this machine, tried before it is used: it has to find the nonces of known headers
 * and of a random one, and nothing else. Takes a few milliseconds.
 */
import { hash256 } from '../../chain/primitives/hashes.ts'
import { hashAsNumber, targetFromBits } from '../../chain/primitives/target.ts'
import { fromHex } from '../../kernel/bytes.ts'
import type { Random } from '../../kernel/random.ts'
import { HeaderSearch } from './header-search.ts'
import { HEADER_BYTES, NONCE_AT } from './prepared-header.ts'
import { KernelError, NONCE_COUNT, type ScanKernel } from './scan-kernel.ts'

const BITS_AT = 72
/** Bitcoin's first two blocks, and the first one of Shoal's main network. */
const KNOWN_HEADERS = [
  `01000000${'00'.repeat(32)}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c`,
  '010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299',
  `01000000${'00'.repeat(32)}1f4ef8c89f0d6edc86d67a54084f9c1a305868fab743905941f34a534cf02fe38030026bffff3f1d0e510a04`,
]
/** Nonces tried before a known one: no multiple of any kernel's lanes, so that it stands in none of the same places twice. */
const NONCES_BEFORE = 251
const NONCES_AFTER = 38
/** Of a random header: every sixteenth hash or so meets this target. */
const RANDOM_NONCES = 203
const RANDOM_TARGET = (1n << 252n) - 1n

/** @throws KernelError `UNUSABLE` for one that fails the test, in whatever way */
export function testKernel(kernel: ScanKernel, random: Random): void {
  try {
    for (const header of KNOWN_HEADERS) testKnownHeader(kernel, fromHex(header))
    testRandomHeader(kernel, random)
  } catch (error) {
    throw unusable(kernel.name, error)
  }
}

function testKnownHeader(kernel: ScanKernel, header: Uint8Array): void {
  const view = new DataView(header.buffer)
  const nonce = view.getUint32(NONCE_AT, true)
  const target = targetFromBits(view.getUint32(BITS_AT, true))
  if (typeof target !== 'bigint') throw new Error('a known header has no target')
  const search = new HeaderSearch(kernel, header, target)
  const { found, attempts } = search.search(nonce - NONCES_BEFORE, NONCES_BEFORE + NONCES_AFTER)
  if (found[0] !== nonce || attempts !== NONCES_BEFORE + 1)
    throw new Error('it does not find the nonce of a known header')
}

function testRandomHeader(kernel: ScanKernel, random: Random): void {
  const search = new HeaderSearch(kernel, random.bytes(HEADER_BYTES), RANDOM_TARGET)
  // The last range a header has is tried as well.
  for (const first of [random.below(NONCE_COUNT - RANDOM_NONCES), NONCE_COUNT - RANDOM_NONCES]) {
    const { found } = search.search(first, RANDOM_NONCES, RANDOM_NONCES)
    const expected = Array.from({ length: RANDOM_NONCES }, (_, i) => first + i).filter(
      (nonce) => hashAsNumber(hash256(search.headerWith(nonce))) <= RANDOM_TARGET,
    )
    if (found.join() !== expected.join()) throw new Error('it does not find the nonces of a random header')
    for (const [i, nonce] of expected.entries())
      testEdges(search, i === 0 ? first : (expected[i - 1] as number) + 1, nonce)
  }
}

/** A nonce that is the first of a range is found; one just behind a range is not. */
function testEdges(search: HeaderSearch, first: number, nonce: number): void {
  const before = search.search(first, nonce - first)
  const at = search.search(nonce, 1)
  if (before.found.length > 0 || at.found[0] !== nonce) throw new Error('it does not keep to the range it is given')
}

export function unusable(kernel: string, error: unknown): KernelError {
  const reason = error instanceof Error ? error.message : String(error)
  const message = `The mining kernel ${kernel} cannot be used on this machine (${reason}). Another one takes its place.`
  return new KernelError({ code: 'UNUSABLE', kernel, reason }, message, { cause: error })
}
