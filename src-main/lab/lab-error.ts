import { CodedError } from '../kernel/errors.ts'

export type LabFault =
  | { readonly code: 'NO_SUCH_EXPERIMENT'; readonly experiment: string }
  | { readonly code: 'BAD_OPTION'; readonly option: string; readonly why: string }
  | { readonly code: 'TOO_MANY_RUNS'; readonly limit: number }
  | { readonly code: 'NO_SUCH_RUN'; readonly run: string }
  | { readonly code: 'NO_SUCH_PART'; readonly part: string }

/** An experiment that cannot be run as asked, or a report that is not there. */
export class LabError extends CodedError<LabFault> {
  constructor(fault: LabFault) {
    super(fault, sentenceOf(fault))
  }
}

function sentenceOf(fault: LabFault): string {
  switch (fault.code) {
    case 'NO_SUCH_EXPERIMENT':
      return `The Lab has no experiment "${fault.experiment}". Choose one of its list.`
    case 'BAD_OPTION':
      return `The option "${fault.option}" ${fault.why}`
    case 'TOO_MANY_RUNS':
      return `${fault.limit} experiments wait already. Cancel one, or let one end.`
    case 'NO_SUCH_RUN':
      return `The run "${fault.run}" is no longer kept. Start its experiment again.`
    case 'NO_SUCH_PART':
      return `The report has no part "${fault.part}". Wait until the run has got there, or choose another.`
  }
}
