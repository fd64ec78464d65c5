import { CodedError } from '../../kernel/errors.ts'

/** A full node cannot become a light one while it is open: that is another kind of chain. */
export class NodeModeError extends CodedError<{ readonly code: 'FULL_NODE' }> {
  constructor() {
    super({ code: 'FULL_NODE' }, 'A full node is opened anew to become a light one. Choose the mode in Settings.')
  }
}
