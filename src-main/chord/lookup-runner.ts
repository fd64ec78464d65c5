import type { ChordContact } from './contact.ts'
import type { ChordLookup, ChordLookupResult } from './lookup.ts'
import type { AskPort } from './messages.ts'

/** What happens on the way, for whoever keeps account of who lives. */
export interface LookupWatcher {
  asked?(contact: ChordContact): void
  replied?(contact: ChordContact): void
  failed?(contact: ChordContact): void
}

/** Asks as `lookup` says until it is over. `done` is called once, from within only where there is nothing to ask. */
export function runLookup(
  lookup: ChordLookup,
  port: AskPort,
  done: (result: ChordLookupResult) => void,
  watcher: LookupWatcher = {},
): void {
  const contact = lookup.next()
  if (contact === undefined) {
    done(lookup.result())
    return
  }
  const goOn = () => runLookup(lookup, port, done, watcher)
  const failed = () => {
    lookup.failed(contact)
    watcher.failed?.(contact)
    goOn()
  }
  watcher.asked?.(contact)
  port.ask(
    contact,
    { kind: 'route', target: lookup.target },
    {
      answered(answer) {
        if (answer.kind !== 'route') return failed()
        lookup.replied(contact, answer)
        watcher.replied?.(contact)
        goOn()
      },
      missed: failed,
      keptBusy: failed,
    },
  )
}
