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

const SILENT = {
  off: {
    icon: PowerOff,
    title: 'The DHT is switched off',
    text: 'Shoal finds peers by trackers and on the local network. With the DHT it finds them without any tracker.',
  },
  waiting: {
    icon: Network,
    title: 'The DHT waits for your leave to use the network',
    text: 'Until you go online in Settings, Shoal talks to this machine only.',
  },
  offline: {
    icon: Network,
    title: 'The DHT has nobody to join on this machine',
    text: 'Shoal was started with --offline. Start it without, or name a node of this machine in Settings.',
  },
} as const

/** Says why nothing can be shown while the DHT is off or may not use the network, with the one thing to do about it. */
export function DhtSilent(props: { state: 'off' | 'waiting' }): ReactNode {
  const go = useApp((state) => state.go)
  const startedOffline = firstOf(useStatus())?.offline === true
  const { icon, title, text } = SILENT[props.state === 'waiting' && startedOffline ? 'offline' : props.state]
  return (
    <EmptyState icon={icon} title={title} actions={<Button onClick={() => go('settings')}>Open settings</Button>}>
      {text}
    </EmptyState>
  )
}
