import type { ReactNode } from 'react'
import { Checkbox } from '../ui/field.tsx'
import { EndpointList } from './endpoint-list.tsx'
import { NumberSetting } from './number-setting.tsx'
import type { Part } from './section.tsx'

const MAX_PLACES = 16

/** The part that this host takes in Chord's ring. */
export function ChordSettings({ settings, save }: Part): ReactNode {
  return (
    <>
      <Checkbox
        label="Take part in the Chord ring"
        hint="A ring of Shoals alone: finds peers and values besides the DHT, or without it."
        checked={settings.chord === 'on'}
        onChange={(on) => save({ chord: on ? 'on' : 'off' })}
      />
      {settings.chord === 'on' && (
        <>
          <EndpointList
            label="Hosts to join the ring by"
            hint="Asked first, besides hosts of the last run, of the local network and those found by the DHT."
            what="host"
            example="shoal.example.org:51413"
            nodes={settings.chordNodes}
            onSave={(chordNodes) => save({ chordNodes })}
          />
          <NumberSetting
            label="Places on the ring"
            hint="4 is usual. Each more takes on a further share of the ring’s keys, and of its traffic."
            value={settings.chordVirtualNodes}
            min={1}
            max={MAX_PLACES}
            onSave={(chordVirtualNodes) => save({ chordVirtualNodes })}
          />
        </>
      )}
    </>
  )
}
