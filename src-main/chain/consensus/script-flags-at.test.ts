import { describe, expect, test } from 'vitest'
import { CONSENSUS_FLAGS, ScriptFlag } from '../script/script-flags.ts'
import { allFrom } from './network.ts'
import { networks } from './networks.ts'
import { scriptFlagsAt } from './script-flags-at.ts'

const { local } = networks

describe('script rules by height', () => {
  test('all of ours from the first block on', () => {
    expect(scriptFlagsAt(local, 0)).toBe(ScriptFlag.NONE)
    expect(scriptFlagsAt(local, 1)).toBe(CONSENSUS_FLAGS)
  })

  test.each([
    ['bip16', ScriptFlag.P2SH],
    ['bip66', ScriptFlag.DERSIG],
    ['bip65', ScriptFlag.CHECKLOCKTIMEVERIFY],
    ['bip112', ScriptFlag.CHECKSEQUENCEVERIFY],
    ['bip141', ScriptFlag.WITNESS],
    ['bip147', ScriptFlag.NULLDUMMY],
  ] as const)('%s', (rule, flag) => {
    const network = { ...local, activation: { ...allFrom(Infinity), [rule]: 7 } }
    expect([6, 7, 8].map((height) => scriptFlagsAt(network, height))).toEqual([ScriptFlag.NONE, flag, flag])
  })
})
