import { CodedError } from '../../kernel/errors.ts'

export type BadAccountKey = 'text' | 'network' | 'private' | 'depth'

export type KeyFault =
  /** The extended public key cannot be read, is of another network, or is no account's. */
  | { readonly code: 'BAD_ACCOUNT_KEY'; readonly reason: BadAccountKey }
  /** BIP 32: for less than one index in 2^127 there is no key. */
  | { readonly code: 'NO_SUCH_KEY'; readonly index: number }

/** The wallet's public keys are not what they should be. */
export class KeyError extends CodedError<KeyFault> {
  constructor(fault: KeyFault) {
    super(fault, sentence(fault))
  }
}

function sentence(fault: KeyFault): string {
  switch (fault.code) {
    case 'BAD_ACCOUNT_KEY':
      return `${badAccountKey[fault.reason]} Take the previous copy of the wallet, or restore it from its words.`
    case 'NO_SUCH_KEY':
      return `There is no key number ${fault.index}. Take the next one.`
  }
}

const badAccountKey: Readonly<Record<BadAccountKey, string>> = {
  text: 'The wallet’s extended public key cannot be read.',
  network: 'The wallet’s extended public key belongs to another network.',
  private: 'The wallet’s extended key is a private one.',
  depth: 'The wallet’s extended public key is not that of an account.',
}
