import { ArrowDown, ArrowUp, Blocks, type LucideIcon, Network, Users, Wifi, WifiOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { firstOf, useStatus } from '../client/context.tsx'
import type { AppStatus } from '../client/types.ts'
import { DHT_SENTENCES, DHT_WORDS } from '../explorer/dht-words.ts'
import { formatPlural, formatRate, NONE } from '../ui/format.ts'
import { useApp } from './context.tsx'
import type { Page } from './state.ts'

/** Left out where the window is narrow or much enlarged; the rail leads to the same pages. */
const WIDE_ONLY = 'max-[720px]:hidden'

/** What goes on, in one line. Each part opens the page that says more. */
export function StatusBar(): ReactNode {
  const status = firstOf(useStatus())
  const online = status?.network === 'online'
  return (
    <footer className="flex h-7 shrink-0 items-center gap-1 overflow-hidden border-t border-line bg-canvas px-2 text-caption text-muted">
      <Part icon={ArrowDown} page="torrents" name="Download rate" className="min-w-22">
        {status ? formatRate(status.downRate) : NONE}
      </Part>
      <Part icon={ArrowUp} page="torrents" name="Upload rate" className="min-w-22">
        {status ? formatRate(status.upRate) : NONE}
      </Part>
      <span className="grow" />
      <Part icon={Users} page="peers" name="Connections" hint={listening(status)}>
        {status ? formatPlural(status.connections, 'connection') : NONE}
      </Part>
      <Part
        icon={Network}
        page="explorer"
        name="Distributed hash table"
        hint={status && dhtHint(status.dht)}
        className={WIDE_ONLY}
      >
        <span aria-hidden>DHT </span>
        {status ? dhtWords(status.dht) : NONE}
      </Part>
      <Part icon={Blocks} page="explorer" name="Chain" className={WIDE_ONLY}>
        <span aria-hidden>Chain </span>
        {status ? status.chain.state : NONE}
      </Part>
      <Part icon={online ? Wifi : WifiOff} page="settings" name="Network" hint={status?.notice}>
        {status ? (online ? 'Online' : 'This machine only') : NONE}
      </Part>
    </footer>
  )
}

function listening(status: AppStatus | undefined): string {
  if (!status) return ''
  return status.listening ? `Peers reach this machine at ${status.listening}` : 'Peers cannot reach this machine'
}

/** `312 nodes` once it has joined, else its state. */
function dhtWords({ state, nodes }: AppStatus['dht']): string {
  return state === 'joined' ? formatPlural(nodes, 'node') : DHT_WORDS[state]
}

function dhtHint({ state, serving }: AppStatus['dht']): string {
  if (state !== 'joined') return DHT_SENTENCES[state]
  return serving ? 'Other nodes ask us, too.' : 'We only ask: others have not proven yet that they reach us.'
}

function Part(props: {
  icon: LucideIcon
  page: Page
  name: string
  hint?: string | undefined
  className?: string
  children: ReactNode
}): ReactNode {
  const go = useApp((state) => state.go)
  const Icon = props.icon
  return (
    <button
      type="button"
      title={props.hint ? `${props.name}. ${props.hint}` : props.name}
      onClick={() => go(props.page)}
      className={`flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 whitespace-nowrap -outline-offset-1 hover:bg-hover hover:text-text ${props.className ?? ''}`}
    >
      <Icon size={12} aria-hidden className="shrink-0" />
      <span className="sr-only">{props.name}:</span> <span>{props.children}</span>
    </button>
  )
}
