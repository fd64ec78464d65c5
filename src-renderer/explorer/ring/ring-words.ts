/** Chord's ring in words: how a host stands on it, what points where, how far it is. */
import { CircleCheck, CircleDashed, CircleDot, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { AppStatus, RingContact, RingHost } from '../../client/types.ts'
import { formatPlural } from '../../ui/format.ts'
import { turnOfHex } from './ring-geometry.ts'

export interface PhaseLook {
  readonly word: string
  readonly icon: LucideIcon
  readonly ink: string
}

export const PHASES: Readonly<Record<RingHost['phase'], PhaseLook>> = {
  stopped: { word: 'Stopped', icon: CircleDashed, ink: 'text-muted' },
  joining: { word: 'Joining', icon: LoaderCircle, ink: 'text-info' },
  client: { word: 'Client', icon: CircleDot, ink: 'text-info' },
  member: { word: 'Member', icon: CircleCheck, ink: 'text-positive' },
  isolated: { word: 'Nobody answers', icon: CircleX, ink: 'text-warning' },
}

/** What must be known of a host that does not simply stand on a ring as large as it should be; undefined where it does. */
export function standingOf(host: RingHost): { readonly tone: 'info' | 'warning'; readonly text: string } | undefined {
  const { phase, missing } = host
  if (phase === 'joining') {
    return host.virtualNodes.length > 0
      ? { tone: 'info', text: 'Joining: its places take over their keys before they answer for them.' }
      : { tone: 'info', text: 'Joining: members of the ring are looked for.' }
  }
  if (phase === 'client') {
    const why =
      missing === 'reach'
        ? 'Nobody has reached this host unasked yet: it only asks members, and keeps no keys.'
        : missing === 'address'
          ? 'Our address is not known yet: this host only asks members, and keeps no keys.'
          : 'This host only asks members, and keeps no keys.'
    const next = missing === 'reach' ? ' An open UDP port makes it a member.' : ' Members tell it as they answer.'
    return { tone: 'info', text: missing === undefined ? why : why + next }
  }
  if (phase !== 'member' || !host.isSmall) return undefined
  return host.contacts.length === 0
    ? { tone: 'info', text: 'Alone on the ring: all keys are here, and nothing is copied until another Shoal joins.' }
    : {
        tone: 'info',
        text: 'A small ring: so few places belong to other hosts that keys may have fewer copies than the usual three.',
      }
}

/** Clockwise from one place to another, as a part of the ring: from 0 to below 1. */
export function partBetween(from: string, to: string): number {
  const part = turnOfHex(to) - turnOfHex(from)
  return part < 0 ? part + 1 : part
}

/** `25 %`, `0.40 %`, `< 0.01 %`, `> 99 %`. */
export function partOfRing(part: number): string {
  const percent = part * 100
  if (percent === 0) return '0 %'
  if (percent < 0.01) return '< 0.01 %'
  if (percent > 99.5) return '> 99 %'
  return `${percent >= 10 ? percent.toFixed(0) : percent >= 1 ? percent.toFixed(1) : percent.toFixed(2)} %`
}

/** `8f31c0a2…, slot 3 of 203.0.113.7:6881`. */
export const contactWords = ({ nodeId, address, slot }: RingContact): string =>
  `${nodeId.slice(0, 8)}…, slot ${slot} of ${address}`

/** The drawing in a sentence, for who does not see it. */
export function ringSentence(host: RingHost, keys: number): string {
  const own = host.virtualNodes.length
  return [
    `Chord’s ring over IPv${host.family}: ${own === 0 ? 'no place of ours' : formatPlural(own, 'place of ours', 'places of ours')},`,
    `${formatPlural(host.contacts.length, 'place')} of other hosts that we know,`,
    `${formatPlural(keys, 'stored value')}.`,
  ].join(' ')
}

type ChordStatus = AppStatus['chord']

export const CHORD_SENTENCES: Readonly<Record<ChordStatus['state'], string>> = {
  off: 'Chord is switched off.',
  waiting: 'Chord may not use the network yet.',
  joining: 'Looking for hosts of the ring, or taking our places on it.',
  client: 'We ask members of the ring, and keep no keys.',
  member: 'We have places on the ring, and keep its keys.',
  isolated: 'No host of the ring answers now. Shoal tries again by itself.',
}

/** `4 places` once it is a member, else its state. */
export const chordWords = ({ state, places }: ChordStatus): string =>
  state === 'member' ? formatPlural(places, 'place') : state
