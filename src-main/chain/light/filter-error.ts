import { assertNever, CodedError, type Fault } from '../../kernel/errors.ts'

export type FilterFault = Fault &
  (
    | { readonly code: 'TOO_LARGE'; readonly size: number; readonly limit: number }
    | { readonly code: 'TOO_MANY_ELEMENTS'; readonly count: number; readonly limit: number }
    | { readonly code: 'ENDS_EARLY'; readonly count: number; readonly read: number }
    | { readonly code: 'VALUE_TOO_LARGE'; readonly element: number }
    | { readonly code: 'LEFT_OVER' }
  )

/** A block filter cannot be read. Whoever sent it lies or is broken: the bytes can be no honest filter. */
export class FilterError extends CodedError<FilterFault> {
  constructor(fault: FilterFault) {
    super(fault, `${sentenceOf(fault)} Ask another node for it.`)
  }
}

function sentenceOf(fault: FilterFault): string {
  switch (fault.code) {
    case 'TOO_LARGE':
      return `The block filter has ${fault.size} bytes, and no block needs more than ${fault.limit}.`
    case 'TOO_MANY_ELEMENTS':
      return `The block filter announces ${fault.count} elements, and at most ${fault.limit} are possible here.`
    case 'ENDS_EARLY':
      return `The block filter announces ${fault.count} elements and ends after ${fault.read}.`
    case 'VALUE_TOO_LARGE':
      return `Element ${fault.element} of the block filter lies outside its range.`
    case 'LEFT_OVER':
      return 'The block filter has bits behind its last element.'
    default:
      return assertNever(fault)
  }
}
