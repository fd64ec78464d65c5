/** The last byte of a signature: which parts of the transaction it signs. Vectors use all 32 bits; scripts have 8. */

export const SighashType = Object.freeze({ ALL: 1, NONE: 2, SINGLE: 3, ANYONECANPAY: 0x80 } as const)

/** The bits that choose among outputs; unknown values act as ALL. */
const OUTPUTS_MASK = 0x1f

/** `all` outputs, `none`, or the `single` one at the place of the input. */
export function signedOutputs(hashType: number): 'all' | 'none' | 'single' {
  const outputs = hashType & OUTPUTS_MASK
  if (outputs === SighashType.NONE) return 'none'
  return outputs === SighashType.SINGLE ? 'single' : 'all'
}

/** Whether only the input itself is signed. */
export function signsOneInput(hashType: number): boolean {
  return (hashType & SighashType.ANYONECANPAY) !== 0
}

/** ALL, NONE or SINGLE, with or without ANYONECANPAY. */
export function isDefinedHashType(hashType: number): boolean {
  const outputs = hashType & ~SighashType.ANYONECANPAY
  return outputs >= SighashType.ALL && outputs <= SighashType.SINGLE
}
