import { CodedError } from '../../kernel/errors.ts'

export type DemonstrationFault =
  | { readonly code: 'TOO_MANY_OPEN'; readonly limit: number }
  | { readonly code: 'NO_SUCH_DEMONSTRATION'; readonly id: string }
  | { readonly code: 'NO_SUCH_NODE'; readonly node: number }
  | { readonly code: 'PLACE_TAKEN'; readonly node: number }
  | { readonly code: 'LAST_NODE'; readonly node: number }
  | { readonly code: 'NOT_OFFERED'; readonly action: string }

/** A demonstration that is not there, or cannot do what is asked of it now. */
export class DemonstrationError extends CodedError<DemonstrationFault> {
  constructor(fault: DemonstrationFault) {
    super(fault, sentenceOf(fault))
  }
}

function sentenceOf(fault: DemonstrationFault): string {
  switch (fault.code) {
    case 'TOO_MANY_OPEN':
      return `${fault.limit} examples are watched already. Close one of them.`
    case 'NO_SUCH_DEMONSTRATION':
      return 'This example is no longer open. Open it again.'
    case 'NO_SUCH_NODE':
      return `There is no node ${fault.node} that takes part. Choose one that does.`
    case 'PLACE_TAKEN':
      return `There is a node ${fault.node} already. Choose a free place.`
    case 'LAST_NODE':
      return `Node ${fault.node} is the last one. Let another join first.`
    case 'NOT_OFFERED':
      return `This example cannot do "${fault.action}". Choose the other example for it.`
  }
}
