/** What the pages that need the DHT show while it cannot be used. */
import { Network, PowerOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import { firstOf, useStatus } from '../client/context.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import type { DhtState } from './dht-words.ts'

export function useDhtState(): DhtState | undefined {
  return firstOf(useStatus())?.dht.state
}

/** Says why nothing can be shown while the DHT is off or may not use the network, with the one thing to do about it. */
export function DhtSilent(props: { state: 'off' | 'waiting' }): ReactNode {
  const go = useApp((state) => state.go)
  const off = props.state === 'off'
  return (
    <EmptyState
      icon={off ? PowerOff : Network}
      title={off ? 'The DHT is switched off' : 'The DHT waits for your leave to use the network'}
      actions={<Button onClick={() => go('settings')}>Open settings</Button>}
    >
      {off
        ? 'Shoal finds peers by trackers and on the local network. With the DHT it finds them without any tracker.'
        : 'Until you go online in Settings, Shoal talks to this machine only.'}
    </EmptyState>
  )
}
