/** Scripts made at random: bcoin's interpreter and ours come to the same end, for the same reason. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { networks } from '../../src-main/chain/consensus/networks.ts'
import { hash160, sha256 } from '../../src-main/chain/primitives/hashes.ts'
import { Transaction } from '../../src-main/chain/primitives/transaction.ts'
import { Opcode } from '../../src-main/chain/script/opcodes.ts'
import { ScriptError } from '../../src-main/chain/script/script-error.ts'
import { CONSENSUS_FLAGS, ScriptFlag, STANDARD_FLAGS } from '../../src-main/chain/script/script-flags.ts'
import { pushOf } from '../../src-main/chain/script/script-reader.ts'
import { SharedSighashes } from '../../src-main/chain/script/sighash-witness.ts'
import { DirectChecks } from '../../src-main/chain/script/signature-checks.ts'
import { verifyInput } from '../../src-main/chain/script/verify-input.ts'
import { TestKey } from '../../src-main/chain/test-support/test-keys.ts'
import { createSignatureVerifier } from '../../src-main/host/signature-verifier.ts'
import { concatBytes, toHex } from '../../src-main/kernel/bytes.ts'
import { Bcoin, type ScriptFlagName } from './support/bcoin.ts'
import { Machine } from './support/machine.ts'

const SEED = 2026
const RUNS = process.env.SHOAL_LONG === '1' ? 40_000 : 3_000
/** Questions under way at once. */
const BATCH = 200
const VALUE = 1_000n
const EMPTY = new Uint8Array(0)
const key = new TestKey(1)
const checks = new DirectChecks(createSignatureVerifier())
const flagNames = (flags: number) =>
  (Object.keys(ScriptFlag) as (keyof typeof ScriptFlag)[]).filter(
    (name): name is ScriptFlagName => name !== 'NONE' && (flags & ScriptFlag[name]) !== 0,
  )
const { P2SH, WITNESS, DERSIG, MINIMALDATA, CONST_SCRIPTCODE } = ScriptFlag
const flagSets = [0, P2SH, P2SH | WITNESS, CONSENSUS_FLAGS, CONSENSUS_FLAGS & ~DERSIG, CONSENSUS_FLAGS | MINIMALDATA]
const flags = fc.constantFrom(...flagSets, STANDARD_FLAGS & ~CONST_SCRIPTCODE)

const opcodes = Object.values(Opcode)
const signature = key.sign(sha256(EMPTY))
const data = fc.oneof(
  fc.uint8Array({ maxLength: 6 }),
  fc.constantFrom(EMPTY, Uint8Array.of(0x80), signature, signature.slice(0, -2), key.publicKey, key.hash),
)
/** Operations that leave something to go on with come more often. */
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: Opcode.OP_1NEGATE, max: Opcode.OP_16 }).map((op) => Uint8Array.of(op)) },
  { weight: 4, arbitrary: data.map(pushOf) },
  { weight: 8, arbitrary: fc.constantFrom(...opcodes).map((op) => Uint8Array.of(op)) },
  { weight: 1, arbitrary: fc.nat({ max: 255 }).map((op) => Uint8Array.of(op)) },
)
const script = fc.array(operation, { maxLength: 12 }).map(concatBytes)
/** Balanced, so that branches are run. */
const branched = fc
  .tuple(script, fc.constantFrom(Opcode.OP_IF, Opcode.OP_NOTIF), script, script, script)
  .map(([before, op, yes, no, after]) =>
    concatBytes([
      before,
      Uint8Array.of(op),
      yes,
      Uint8Array.of(Opcode.OP_ELSE),
      no,
      Uint8Array.of(Opcode.OP_ENDIF),
      after,
    ]),
  )
const stack = fc.array(data, { maxLength: 5 })
const form = fc.constantFrom('bare', 'p2sh', 'p2wsh', 'p2sh-p2wsh', 'input script')

interface Case {
  readonly form: 'bare' | 'p2sh' | 'p2wsh' | 'p2sh-p2wsh' | 'input script'
  readonly script: Uint8Array
  readonly stack: readonly Uint8Array[]
  readonly flags: number
  readonly version: number
  readonly lockTime: number
  readonly sequence: number
}

const cases: fc.Arbitrary<Case> = fc.record({
  form,
  script: fc.oneof({ weight: 3, arbitrary: script }, branched),
  stack,
  flags,
  version: fc.constantFrom(1, 2),
  lockTime: fc.constantFrom(0, 5, 500_000_000),
  sequence: fc.constantFrom(0, 3, 0x0040_0003, 0xffff_fffe, 0xffff_ffff),
})

const witnessScript = (program: Uint8Array) => concatBytes([Uint8Array.of(0), pushOf(program)])
const scriptHashScript = (hash: Uint8Array) =>
  concatBytes([Uint8Array.of(Opcode.OP_HASH160), pushOf(hash), Uint8Array.of(Opcode.OP_EQUAL)])

/** Where script and stack go in each form. */
function placed({ form, script, stack }: Case) {
  const pushes = stack.map(pushOf)
  const program = witnessScript(sha256(script))
  switch (form) {
    case 'bare':
      return { scriptPubKey: script, scriptSig: concatBytes(pushes), witness: [] }
    case 'input script':
      return { scriptPubKey: Uint8Array.of(Opcode.OP_1), scriptSig: script, witness: stack }
    case 'p2sh':
      return {
        scriptPubKey: scriptHashScript(hash160(script)),
        scriptSig: concatBytes([...pushes, pushOf(script)]),
        witness: [],
      }
    case 'p2wsh':
      return { scriptPubKey: program, scriptSig: EMPTY, witness: [...stack, script] }
    case 'p2sh-p2wsh':
      return {
        scriptPubKey: scriptHashScript(hash160(program)),
        scriptSig: pushOf(program),
        witness: [...stack, script],
      }
  }
}

function spendOf(item: Case) {
  const { scriptPubKey, scriptSig, witness } = placed(item)
  const { version, lockTime, sequence } = item
  const transaction = new Transaction({
    version,
    inputs: [{ previous: { txid: sha256(EMPTY), index: 0 }, scriptSig, sequence, witness }],
    outputs: [{ value: VALUE, scriptPubKey: key.p2wpkh }],
    lockTime,
  })
  return { transaction, spent: { value: VALUE, scriptPubKey } }
}

function ourVerdict({ transaction, spent }: ReturnType<typeof spendOf>, flags: number): string {
  try {
    verifyInput({ shared: new SharedSighashes(transaction), index: 0, spent }, flags, checks)
    return 'OK'
  } catch (error) {
    if (error instanceof ScriptError) return error.code
    throw error
  }
}

/** bcoin 1.0.2 calls a few things otherwise: what was not in Bitcoin Core yet when it was written. */
function bcoinName(verdict: string, form: Case['form']): string {
  if (verdict === 'SCRIPTNUM') return 'UNKNOWN_ERROR'
  return verdict === 'CLEANSTACK' && form.endsWith('p2wsh') ? 'EVAL_FALSE' : verdict
}

test(`${RUNS} scripts at random end alike`, async (context) => {
  const bcoin = await Bcoin.start(await Machine.start(context), { network: networks.local })
  const items = fc.sample(cases, { seed: SEED, numRuns: RUNS })
  const verdicts = new Map<string, number>()
  const differences: string[] = []
  const compare = async (item: Case) => {
    const spend = spendOf(item)
    const ours = ourVerdict(spend, item.flags)
    const theirs = (await bcoin.verify(spend.transaction, [spend.spent], flagNames(item.flags)))?.code ?? 'OK'
    verdicts.set(ours, (verdicts.get(ours) ?? 0) + 1)
    if (theirs === bcoinName(ours, item.form)) return
    const { scriptPubKey } = spend.spent
    const what = `${item.form}, flags ${flagNames(item.flags)}, spends ${toHex(scriptPubKey)}`
    differences.push(`ours ${ours}, bcoin's ${theirs}: ${what}, by ${toHex(spend.transaction.bytes())}`)
  }
  for (let at = 0; at < items.length; at += BATCH) await Promise.all(items.slice(at, at + BATCH).map(compare))
  expect(differences).toEqual([])
  // The scripts are of use: many run through, and most rules are met.
  expect(verdicts.get('OK')).toBeGreaterThan(RUNS / 50)
  expect(verdicts.size).toBeGreaterThan(15)
})
