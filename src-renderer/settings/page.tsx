/** Everything that can be set. A change counts at once; there is nothing to confirm. */
import { FolderOpen } from 'lucide-react'
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react'
import { useToasts } from '../app/context.tsx'
import { TabBar } from '../app/tab-bar.tsx'
import { sentenceOf } from '../client/client-error.ts'
import { firstOf, useClients, useSettings, useStatus } from '../client/context.tsx'
import type { Settings } from '../client/types.ts'
import { FolderField, folderProblem, useFolder } from '../torrents/dialogs/folder-field.tsx'
import { STARTED_OFFLINE } from '../torrents/network-notice.tsx'
import { Button } from '../ui/button.tsx'
import { PathText } from '../ui/copy.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Choices } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { ChainSettings } from './chain-settings.tsx'
import { FindingPeers } from './finding-peers.tsx'
import { MiningSettings } from './mining-settings.tsx'
import { NetworkConsent } from './network-consent.tsx'
import { NumberSetting } from './number-setting.tsx'
import { type Part, type Save, Section } from './section.tsx'

export default function SettingsPage(): ReactNode {
  const feed = useSettings()
  const settings = firstOf(feed)
  const save = useSave()
  return (
    <>
      <TabBar title="Settings" />
      {feed.state.status === 'failed' && (
        <EmptyState
          title="The settings cannot be read"
          actions={
            <Button look="primary" onClick={feed.retry}>
              Try again
            </Button>
          }
        >
          {feed.state.error.message}
        </EmptyState>
      )}
      {settings && (
        <div className="min-h-0 grow overflow-y-auto">
          <div className="flex max-w-190 flex-col divide-y divide-line px-6">
            <Downloads settings={settings} save={save} />
            <Network settings={settings} save={save} />
            <FindingPeers settings={settings} save={save} />
            <Limits settings={settings} save={save} />
            <ChainSettings settings={settings} save={save} />
            <MiningSettings settings={settings} save={save} />
            <Look settings={settings} save={save} />
            <Profile />
          </div>
        </div>
      )}
    </>
  )
}

function useSave(): Save {
  const { settings } = useClients()
  const problem = useToasts((toasts) => toasts.problem)
  return (changes) => {
    settings.set(changes).catch((error: unknown) => problem(sentenceOf(error)))
  }
}

function Downloads({ settings, save }: Part): ReactNode {
  const [typed, setTyped] = useState<string>()
  const [meant, setMeant] = useState<string>()
  const path = typed ?? settings.downloadDirectory
  const folder = useFolder(path)
  const problem = folderProblem(path, folder, 0)
  const good = folder.status === 'known' && problem === undefined
  // A folder counts once it is the one meant and the engine has seen that it can be written.
  const settle = useEffectEvent((directory: string) => {
    setMeant(undefined)
    setTyped(undefined)
    if (directory !== settings.downloadDirectory) save({ downloadDirectory: directory })
  })
  useEffect(() => {
    if (good && meant === path) settle(path)
  }, [good, meant, path])
  return (
    <Section title="Downloads" about="Where new torrents go unless you choose otherwise when you add one.">
      <FolderField
        label="Download folder"
        path={path}
        folder={folder}
        problem={problem}
        onChange={setTyped}
        onCommit={setMeant}
      />
    </Section>
  )
}

function Network({ settings, save }: Part): ReactNode {
  const status = firstOf(useStatus())
  const notice = status?.notice || (status?.offline ? STARTED_OFFLINE : '')
  const consent = settings.networkConsent
  return (
    <Section title="Network" about="Nothing leaves this machine until you say so, and you can change your mind.">
      <NetworkConsent
        value={consent === 'unasked' ? undefined : consent}
        onChange={(value) => save({ networkConsent: value })}
      />
      {notice && <Notice tone="info">{notice}</Notice>}
      <NumberSetting
        label="Port for peers"
        hint="TCP, and UDP for the DHT and the ring. 0 takes any free one at each start."
        value={settings.listenPort}
        min={0}
        max={65_535}
        onSave={(listenPort) => save({ listenPort })}
      />
    </Section>
  )
}

function Limits({ settings, save }: Part): ReactNode {
  return (
    <Section title="Connections" about="The usual figures suit a home connection. Lower them where a router gives up.">
      <NumberSetting
        label="Connections in all"
        hint="To the peers of all torrents together."
        value={settings.maxConnections}
        min={2}
        max={2_000}
        onSave={(maxConnections) => save({ maxConnections })}
      />
      <NumberSetting
        label="Connections for each torrent"
        hint="To the peers of one torrent."
        value={settings.maxConnectionsPerTorrent}
        min={2}
        max={500}
        onSave={(maxConnectionsPerTorrent) => save({ maxConnectionsPerTorrent })}
      />
      <NumberSetting
        label="Upload slots for each torrent"
        hint="Peers sent to at once, the one on trial among them."
        value={settings.uploadSlots}
        min={2}
        max={100}
        onSave={(uploadSlots) => save({ uploadSlots })}
      />
    </Section>
  )
}

function Look({ settings, save }: Part): ReactNode {
  return (
    <Section title="Look" about="How the window looks on this machine.">
      <Choices<Settings['theme']>
        legend="Colours"
        value={settings.theme}
        onChange={(theme) => save({ theme })}
        choices={[
          { value: 'system', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
        inline
      />
      <Choices<Settings['density']>
        legend="Rows of tables"
        value={settings.density}
        onChange={(density) => save({ density })}
        choices={[
          { value: 'compact', label: 'Compact' },
          { value: 'comfortable', label: 'Comfortable' },
        ]}
        inline
      />
    </Section>
  )
}

function Profile(): ReactNode {
  const { app } = useClients()
  const problem = useToasts((toasts) => toasts.problem)
  const [info, setInfo] = useState<{ version: string; profile: string }>()
  useEffect(() => {
    app.info().then(setInfo, (error: unknown) => problem(sentenceOf(error)))
  }, [app, problem])
  const open = async (): Promise<void> => {
    try {
      const { path } = await app.chooseFolder({ title: 'Folder of the other profile' })
      if (path !== undefined) await app.openProfile({ profile: path })
    } catch (error) {
      problem(sentenceOf(error))
    }
  }
  return (
    <Section
      title="Profile"
      about="A profile is a folder with its own list, settings and keys. Each opens in its own window."
    >
      {info && (
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4">
          <dt className="text-muted">This one</dt>
          <dd>
            <PathText path={info.profile} />
          </dd>
          <dt className="text-muted">Version</dt>
          <dd>Shoal {info.version}</dd>
        </dl>
      )}
      <div>
        <Button icon={FolderOpen} onClick={() => void open()}>
          Open another profile…
        </Button>
      </div>
    </Section>
  )
}
