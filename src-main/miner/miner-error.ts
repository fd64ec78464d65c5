import { CodedError } from '../kernel/errors.ts'

export type MinerFault =
  | { readonly code: 'NO_ADDRESS' }
  /** `limit`: threads that the machine runs at once. */
  | { readonly code: 'TOO_MANY_THREADS'; readonly threads: number; readonly limit: number }
  | { readonly code: 'NOT_LOCAL'; readonly network: string }
  | { readonly code: 'NOT_MINED'; readonly reason: string; readonly done: number }

export class MinerError extends CodedError<MinerFault> {
  constructor(fault: MinerFault) {
    super(fault, sentenceOf(fault))
  }
}

function sentenceOf(fault: MinerFault): string {
  switch (fault.code) {
    case 'NO_ADDRESS':
      return 'Mining needs an address that rewards go to; give one in the mining panel or with --address.'
    case 'TOO_MANY_THREADS':
      return `This machine runs no more than ${fault.limit} at once of the ${fault.threads} threads that were asked for; choose ${fault.limit} or fewer.`
    case 'NOT_LOCAL':
      return `Blocks are made at once on the local network only, and this is ${fault.network}; start Shoal with --network local for that.`
    case 'NOT_MINED':
      return fault.reason === 'time-too-new'
        ? 'The next block would lie too far in the future: each is a second later than the one before it. Those made so far stay; go on in a while.'
        : `The next block was not made (${fault.reason}). Those made so far stay; try again in a moment.`
  }
}
