import {
  ArrowDown,
  ArrowUp,
  Blocks,
  CircleDotDashed,
  type LucideIcon,
  Network,
  Pickaxe,
  Users,
  Wallet,
  Wifi,
  WifiOff,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { firstOf, useStatus } from '../client/context.tsx'
import type { AppStatus } from '../client/types.ts'
import { chainStatusHint, chainStatusWords } from '../explorer/chain/chain-words.ts'
import { TIP } from '../explorer/chain/places.ts'
import { DHT_SENTENCES, DHT_WORDS } from '../explorer/dht-words.ts'
import { CHORD_SENTENCES, chordWords } from '../explorer/ring/ring-words.ts'
import { formatAmount } from '../ui/amounts.ts'
import { formatPlural, formatRate, NONE } from '../ui/format.ts'
import { formatHashRate } from '../ui/hash-rate.ts'
import { useAppStore } from './context.tsx'
import type { AppState } from './state.ts'

/** Left out where the window is narrow or much enlarged; the rail leads to the same pages. */
const WIDE_ONLY = 'max-[720px]:hidden'
const CHORD_ROOM = 'max-[860px]:hidden'

/** What goes on, in one line. Each part opens the page that says more. */
export function StatusBar(): ReactNode {
  const status = firstOf(useStatus())
  const online = status?.network === 'online'
  return (
    <footer className="flex h-7 shrink-0 items-center gap-1 overflow-hidden border-t border-line bg-canvas px-2 text-caption text-muted">
      <Part icon={ArrowDown} open={(app) => app.go('torrents')} name="Download rate" className="min-w-22">
        {status ? formatRate(status.downRate) : NONE}
      </Part>
      <Part icon={ArrowUp} open={(app) => app.go('torrents')} name="Upload rate" className="min-w-22">
        {status ? formatRate(status.upRate) : NONE}
      </Part>
      <span className="grow" />
      <Part icon={Users} open={(app) => app.go('peers')} name="Connections" hint={listening(status)}>
        {status ? formatPlural(status.connections, 'connection') : NONE}
      </Part>
      <Overlays status={status} />
      <Part
        icon={Blocks}
        open={(app) => app.showChain(TIP)}
        name="Chain"
        hint={status && chainStatusHint(status.chain)}
        className={WIDE_ONLY}
      >
        <span aria-hidden>Chain </span>
        {status ? chainStatusWords(status.chain) : NONE}
      </Part>
      {status?.wallet && (
        <Part
          icon={Wallet}
          open={(app) => app.showWallet('overview')}
          name="Wallet"
          hint={`${formatAmount(status.wallet.available)} can be spent. ${status.wallet.locked ? 'Locked.' : 'Unlocked.'}`}
          className={WIDE_ONLY}
        >
          {formatAmount(status.wallet.available)}
        </Part>
      )}
      {status && status.hashesPerSecond > 0 && (
        <Part
          icon={Pickaxe}
          open={(app) => app.showWallet('mining')}
          name="Mining"
          hint="Stop or adjust it in the Wallet tab."
        >
          {formatHashRate(status.hashesPerSecond)}
        </Part>
      )}
      <Part
        icon={online ? Wifi : WifiOff}
        open={(app) => app.go('settings')}
        name="Network"
        hint={status?.notice}
        className={status && status.hashesPerSecond > 0 ? WIDE_ONLY : ''}
      >
        {status ? (online ? 'Online' : 'This machine only') : NONE}
      </Part>
    </footer>
  )
}

/** The DHT and the ring. */
function Overlays({ status }: { status: AppStatus | undefined }): ReactNode {
  return (
    <>
      <Part
        icon={Network}
        open={(app) => app.showOverlay('kademlia', 'node')}
        name="Distributed hash table"
        hint={status && dhtHint(status.dht)}
        className={WIDE_ONLY}
      >
        <span aria-hidden>DHT </span>
        {status ? dhtWords(status.dht) : NONE}
      </Part>
      <Part
        icon={CircleDotDashed}
        open={(app) => app.showOverlay('chord', 'node')}
        name="Chord ring"
        hint={status && CHORD_SENTENCES[status.chord.state]}
        className={CHORD_ROOM}
      >
        <span aria-hidden>Chord </span>
        {status ? chordWords(status.chord) : NONE}
      </Part>
    </>
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
  open: (app: AppState) => void
  name: string
  hint?: string | undefined
  className?: string
  children: ReactNode
}): ReactNode {
  const app = useAppStore()
  const Icon = props.icon
  return (
    <button
      type="button"
      title={props.hint ? `${props.name}. ${props.hint}` : props.name}
      onClick={() => props.open(app.getState())}
      className={`flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 whitespace-nowrap -outline-offset-1 hover:bg-hover hover:text-text ${props.className ?? ''}`}
    >
      <Icon size={12} aria-hidden className="shrink-0" />
      <span className="sr-only">{props.name}:</span> <span>{props.children}</span>
    </button>
  )
}
