import { DatabaseZap } from 'lucide-react'
import type { ReactNode } from 'react'
import { useApp } from '../app/context.tsx'
import { firstOf, useChainInfo } from '../client/context.tsx'
import type { ChainInfo, ChainMode, NetworkName, Settings } from '../client/types.ts'
import { NETWORK_WORDS } from '../explorer/chain/chain-words.ts'
import { Button } from '../ui/button.tsx'
import { Checkbox, Choices } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { EndpointList } from './endpoint-list.tsx'
import { NumberSetting } from './number-setting.tsx'
import { type Part, Section } from './section.tsx'

/** The node of the chain: whether it runs, on which network, and what it keeps. */
export function ChainSettings({ settings, save }: Part): ReactNode {
  const info = firstOf(useChainInfo())
  return (
    <Section title="Chain" about="A node that checks blocks by itself and passes them on. Torrents do not need it.">
      <Checkbox
        label="Take part in the chain"
        hint="Downloads and checks blocks, and keeps what the mode says."
        checked={settings.chain}
        onChange={(chain) => save({ chain })}
      />
      <NetworkChoice settings={settings} save={save} running={info?.network} />
      {settings.chain && (
        <>
          <ModeChoice settings={settings} />
          {settings.chainMode === 'pruned' && (
            <NumberSetting
              label="Blocks kept"
              hint="The newest ones, 288 or more. Undoing a reorganisation deeper than that means downloading again."
              value={settings.chainKeepBlocks}
              min={288}
              max={10_000_000}
              onSave={(chainKeepBlocks) => save({ chainKeepBlocks })}
            />
          )}
          <NumberSetting
            label="Port for peers of the chain"
            hint="TCP. 0 takes any free one at each start."
            value={settings.chainListenPort}
            min={0}
            max={65_535}
            onSave={(chainListenPort) => save({ chainListenPort })}
          />
          <EndpointList
            label="Peers of the chain to keep to"
            hint="Connected to besides those that are found."
            what="peer"
            example="192.0.2.7:9533"
            nodes={settings.chainPeers}
            onSave={(chainPeers) => save({ chainPeers })}
          />
          <Rebuild info={info} />
        </>
      )}
    </Section>
  )
}

function NetworkChoice(props: Part & { running: NetworkName | undefined }): ReactNode {
  const { settings, save, running } = props
  return (
    <>
      <Choices<Settings['network']>
        legend="Network"
        value={settings.network}
        onChange={(network) => save({ network })}
        choices={[
          { value: 'main', label: 'Main', hint: 'The one for people.' },
          { value: 'test', label: 'Test', hint: 'The same rules, for trying things: its coins are worth nothing.' },
          {
            value: 'local',
            label: 'Local',
            hint: 'On this machine and its neighbours: blocks at will, for development.',
          },
        ]}
      />
      {running !== undefined && running !== settings.network && (
        <Notice tone="info">
          {NETWORK_WORDS[running]} until you start Shoal again, then {NETWORK_WORDS[settings.network].toLowerCase()}.
          Each network has files of its own; nothing is deleted.
        </Notice>
      )}
    </>
  )
}

const MODES: readonly { readonly value: ChainMode; readonly label: string; readonly hint: string }[] = [
  {
    value: 'archive',
    label: 'Archive',
    hint: 'Checks every block and keeps them all. Others can get everything from it.',
  },
  {
    value: 'pruned',
    label: 'Pruned',
    hint: 'Checks every block and keeps the newest. Old pages of the Explorer stay short.',
  },
  { value: 'light', label: 'Light', hint: 'Keeps headers and filters only, and checks no signatures of others.' },
]

/** A change is asked about first: it deletes or downloads. */
function ModeChoice({ settings }: { settings: Settings }): ReactNode {
  const ask = useApp((state) => state.ask)
  return (
    <Choices<ChainMode>
      legend="What is kept"
      value={settings.chainMode}
      onChange={(mode) => ask({ kind: 'chain-mode', mode })}
      choices={MODES}
    />
  )
}

function Rebuild({ info }: { info: ChainInfo | undefined }): ReactNode {
  const ask = useApp((state) => state.ask)
  const rebuilding = info?.state === 'rebuilding'
  return (
    <div>
      <Button icon={DatabaseZap} disabled={rebuilding} onClick={() => ask({ kind: 'chain-rebuild' })}>
        {rebuilding ? 'Rebuilding…' : 'Rebuild the chain…'}
      </Button>
      <p className="mt-1 text-caption text-muted">
        Works out coins and indexes again from the blocks, where something is wrong with them.
      </p>
    </div>
  )
}
