import type { ReactNode } from 'react'
import { Choices } from '../ui/field.tsx'

export type Consent = 'granted' | 'refused'

/** The network question, in the same words wherever it is asked. */
export function NetworkConsent(props: { value: Consent | undefined; onChange: (value: Consent) => void }): ReactNode {
  return (
    <Choices<Consent>
      legend="May Shoal use the network?"
      hideLegend
      value={props.value}
      onChange={props.onChange}
      choices={[
        {
          value: 'granted',
          label: 'Go online',
          hint: 'Shoal looks for peers of your torrents by their trackers and the DHT, a table that peers keep together, and connects to them. They see this machine’s address and which torrents it shares.',
        },
        {
          value: 'refused',
          label: 'Stay on this machine',
          hint: 'Nothing leaves it: no connection, no look-up of names, no announcement on the local network. Torrents can be made and checked, not exchanged.',
        },
      ]}
    />
  )
}
