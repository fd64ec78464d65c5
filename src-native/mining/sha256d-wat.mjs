// Writes the WebAssembly kernel as WAT: the double SHA-256 of a header for four nonces at once, one in each lane of 128-bit
// vectors. All rounds stand one after the other; what they have in constants is added up while this text is written, and what
// nobody reads is left out: of the second hash all after the word that decides.
//
// Memory: PREPARED_WORDS vectors of what `src-main/miner/kernel/prepared-header.ts` works out, each word in all four
// lanes; one vector of top words, left there when the search stops; the constants.

const PREPARED_WORDS = 25
const VECTOR_BYTES = 16
const TOP_WORDS_AT = PREPARED_WORDS * VECTOR_BYTES
const CONSTANTS_AT = TOP_WORDS_AT + VECTOR_BYTES
const LAST_ROUND = 60
const ROUNDS = 64

const H = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]
// The first 32 bits of the fractional parts of the cube roots of the first 64 primes; `Math.cbrt` is exact enough for 32 bits.
const PRIMES = Array.from({ length: 311 }, (_, n) => n + 2).filter((n) => !range(2, n - 1).some((d) => n % d === 0))
const K = PRIMES.slice(0, ROUNDS).map((prime) => Math.floor((Math.cbrt(prime) % 1) * 2 ** 32))

function range(from, to) {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n)
}

// A value is a number, the same in every lane, or the text of an expression.
const constants = new Map()
const load = (at) => `(v128.load offset=${at} (i32.const 0))`

function text(value) {
  if (typeof value === 'string') return value
  const word = value >>> 0
  if (!constants.has(word)) constants.set(word, CONSTANTS_AT + constants.size * VECTOR_BYTES)
  return load(constants.get(word))
}

const binary = (instruction, fold, neutral) => (a, b) => {
  if (typeof a === 'number' && typeof b === 'number') return fold(a, b) >>> 0
  if (a === neutral) return b
  if (b === neutral) return a
  return `(${instruction} ${text(a)} ${text(b)})`
}
const xor = binary('v128.xor', (a, b) => a ^ b, 0)
const or = binary('v128.or', (a, b) => a | b, 0)
const and = binary('v128.and', (a, b) => a & b, 0xffffffff)
const add2 = binary('i32x4.add', (a, b) => a + b, 0)
const shr = (x, n) => (typeof x === 'number' ? x >>> n : `(i32x4.shr_u ${x} (i32.const ${n}))`)
const shl = (x, n) => (typeof x === 'number' ? (x << n) >>> 0 : `(i32x4.shl ${x} (i32.const ${n}))`)
const rotate = (x, n) => or(shr(x, n), shl(x, 32 - n))

/** The sum, constants first. */
function add(...terms) {
  const constant = terms.filter((term) => typeof term === 'number').reduce((sum, term) => (sum + term) >>> 0, 0)
  return terms.filter((term) => typeof term === 'string').reduce((sum, term) => add2(sum, term), constant)
}

const bigSigma0 = (x) => xor(xor(rotate(x, 2), rotate(x, 13)), rotate(x, 22))
const bigSigma1 = (x) => xor(xor(rotate(x, 6), rotate(x, 11)), rotate(x, 25))
const sigma0 = (x) => xor(xor(rotate(x, 7), rotate(x, 18)), shr(x, 3))
const sigma1 = (x) => xor(xor(rotate(x, 17), rotate(x, 19)), shr(x, 10))

/** Locals that are free to be written, and the lines of the function. */
const lines = []
const locals = []
const free = []

/** Puts an expression into a local, and names that; a number stays one. */
function keep(value) {
  if (typeof value === 'number') return value
  let name = free.pop()
  if (name === undefined) {
    name = `$v${locals.length}`
    locals.push(name)
  }
  lines.push(`(local.set ${name} ${value})`)
  return `(local.get ${name})`
}

/** The local of a value that nobody will read again may be written over. */
function forget(value) {
  const name = /^\(local\.get (\$v\d+)\)$/.exec(value)?.[1]
  if (name !== undefined) free.push(name)
}

/**
 * The rounds from `from` to `to` over `state`, with words by `word(i)`. Of the last four only `e` is made: nothing that
 * decides reads their `a`.
 */
function rounds(state, from, to, word, wanted) {
  let [a, b, c, d, e, f, g, h] = state
  // maj(a, b, c) = ((a ^ b) & (b ^ c)) ^ b, and a ^ b is the next round's b ^ c.
  let bc = keep(xor(b, c))
  for (let i = from; i <= to; i++) {
    const last = wanted === 'e' && i > to - 4
    const t1 = keep(add(K[i], word(i), h, bigSigma1(e), xor(and(xor(f, g), e), g)))
    const nextE = keep(add(d, t1))
    forget(d)
    forget(h)
    let nextA = 0
    if (!last) {
      const ab = keep(xor(a, b))
      nextA = keep(add(t1, add(bigSigma0(a), xor(and(ab, bc), b))))
      forget(bc)
      bc = ab
    }
    forget(t1)
    ;[a, b, c, d, e, f, g, h] = [nextA, a, b, c, nextE, e, f, g]
  }
  forget(bc)
  return [a, b, c, d, e, f, g, h]
}

/** Words of a block as rounds ask for them, in order; sixteen are known at first. `special` gives those not by the rule. */
function expander(known, special = {}) {
  const words = [...known]
  return (i) => {
    if (words[i] === undefined) {
      const by = (n) => words[i - n]
      words[i] = keep(special[i]?.(words) ?? add(sigma1(by(2)), by(7), sigma0(by(15)), by(16)))
      forget(by(16))
    }
    return words[i]
  }
}

const prepared = (n) => load(n * VECTOR_BYTES)

function firstHash(nonce) {
  const state = range(8, 15).map(prepared)
  state[0] = keep(add(state[0], nonce))
  state[4] = keep(add(state[4], nonce))
  const known = [prepared(22), prepared(23), prepared(24), nonce, 0x80000000, ...Array(10).fill(0), 640]
  const word = expander(known, {
    16: () => prepared(16),
    17: () => prepared(17),
    18: () => add(prepared(18), sigma0(nonce)),
    19: () => add(prepared(19), nonce),
    31: (w) => add(sigma1(w[29]), w[24], prepared(20)),
    32: (w) => add(sigma1(w[30]), w[25], prepared(21)),
  })
  const last = rounds(state, 4, ROUNDS - 1, word)
  for (const i of range(ROUNDS - 16, ROUNDS - 1)) forget(word(i))
  return last.map((value, i) => {
    const digest = keep(add(value, prepared(i)))
    forget(value)
    return digest
  })
}

/** The top words: bytes 28 to 31 of each hash, little-endian. */
function secondHash(digest) {
  const word = expander([...digest, 0x80000000, ...Array(6).fill(0), 256])
  const [, , , , e] = rounds(H, 0, LAST_ROUND, word, 'e')
  return swapBytes(keep(add(e, H[7])))
}

function swapBytes(x) {
  const order = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12].join(' ')
  return `(i8x16.shuffle ${order} ${x} ${x})`
}

const bytes = (word) => [0, 8, 16, 24].map((n) => `\\${((word >>> n) & 0xff).toString(16).padStart(2, '0')}`).join('')

/** The module. `scan` stops at the first group of four nonces in which a top word is not above the limit. */
export function sha256dWat() {
  const nonce = keep(swapBytes('(local.get $nonces)'))
  const top = secondHash(firstHash(nonce))
  const body = lines.join('\n      ')
  const data = [...constants].map(([word, at]) => `(data (i32.const ${at}) "${bytes(word).repeat(4)}")`)
  return `(module
  (memory (export "memory") 1)
  ${data.join('\n  ')}
  (func (export "scan") (param $first i32) (param $groups i32) (param $limit i32) (result i32)
    (local $nonces v128) (local $top v128) ${locals.map((name) => `(local ${name} v128)`).join(' ')}
    (if (i32.eqz (local.get $groups)) (then (return (i32.const 0))))
    (local.set $nonces (i32x4.add (i32x4.splat (local.get $first)) (v128.const i32x4 0 1 2 3)))
    (loop $next
      ${body}
      (local.set $top ${top})
      (if (v128.any_true (i32x4.le_u (local.get $top) (i32x4.splat (local.get $limit))))
        (then
          (v128.store offset=${TOP_WORDS_AT} (i32.const 0) (local.get $top))
          (return (local.get $groups))))
      (local.set $nonces (i32x4.add (local.get $nonces) (v128.const i32x4 4 4 4 4)))
      (br_if $next (local.tee $groups (i32.sub (local.get $groups) (i32.const 1)))))
    (i32.const 0)))
`
}
