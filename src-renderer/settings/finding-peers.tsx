import type { ReactNode } from 'react'
import type { Settings } from '../client/types.ts'
import { Checkbox, Choices } from '../ui/field.tsx'
import { ChordSettings } from './chord-settings.tsx'
import { EndpointList } from './endpoint-list.tsx'
import { NumberSetting } from './number-setting.tsx'
import { type Part, Section } from './section.tsx'

/** How peers are found without a tracker. */
export function FindingPeers({ settings, save }: Part): ReactNode {
  return (
    <Section
      title="Finding peers"
      about="Without a tracker, by the distributed hash table (DHT) that many BitTorrent programs share, and by Shoal’s own ring. Private torrents use their trackers only."
    >
      <Choices<Settings['dht']>
        legend="Part in the DHT"
        value={settings.dht}
        onChange={(dht) => save({ dht })}
        choices={[
          {
            value: 'auto',
            label: 'Automatic',
            hint: 'Asks at once, and answers others once it has been reachable for 15 minutes.',
          },
          { value: 'on', label: 'Full', hint: 'Asks and answers at once. For machines that others reach for sure.' },
          { value: 'read-only', label: 'Ask only', hint: 'Never answers, and stands in nobody’s table.' },
          {
            value: 'off',
            label: 'Off',
            hint: 'Peers are found by trackers, the ring, on the local network and by other peers.',
          },
        ]}
      />
      {settings.dht !== 'off' && (
        <EndpointList
          label="Nodes to begin with"
          hint="Asked first, besides nodes of the last run and of the local network."
          what="node"
          example="router.example.org:6881"
          nodes={settings.bootstrapNodes}
          onSave={(bootstrapNodes) => save({ bootstrapNodes })}
        />
      )}
      {settings.dht !== 'off' && <Advanced settings={settings} save={save} />}
      <ChordSettings settings={settings} save={save} />
      <Checkbox
        label="Find peers on the local network"
        hint="Calls out to machines of the same network which torrents are shared here (BEP 14)."
        checked={settings.localDiscovery}
        onChange={(localDiscovery) => save({ localDiscovery })}
      />
      <Checkbox
        label="Exchange peers with peers"
        hint="Peers of a torrent tell each other of further ones (BEP 11)."
        checked={settings.peerExchange}
        onChange={(peerExchange) => save({ peerExchange })}
      />
    </Section>
  )
}

function Advanced({ settings, save }: Part): ReactNode {
  return (
    <details className="rounded-sm border border-line">
      <summary className="rounded-sm px-3 py-2 font-medium">Advanced</summary>
      <div className="flex flex-col gap-4 border-t border-line p-3">
        <Choices<'8' | '20'>
          legend="Nodes in a bucket and in an answer"
          value={settings.dhtBucketSize === 20 ? '20' : '8'}
          onChange={(size) => save({ dhtBucketSize: size === '20' ? 20 : 8 })}
          choices={[
            { value: '8', label: '8', hint: 'As the public DHT does.' },
            { value: '20', label: '20', hint: 'As in the literature: more traffic, larger tables.' },
          ]}
        />
        <NumberSetting
          label="Requests at once in a search"
          hint="4 is usual, 3 stands in the literature. More of them find faster and cost more."
          value={settings.dhtParallelism}
          min={1}
          max={10}
          onSave={(dhtParallelism) => save({ dhtParallelism })}
        />
      </div>
    </details>
  )
}
