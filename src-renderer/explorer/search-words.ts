import { CircleCheck, CircleX, Hourglass, type LucideIcon, Send } from 'lucide-react'
import type { OverlayName } from '../app/state.ts'
import type { SearchState, SearchStep } from '../client/types.ts'
import { formatPlural } from '../ui/format.ts'

export type Method = SearchState['method']

export interface MethodWords {
  readonly title: string
  readonly about: string
}

const KADEMLIA: Readonly<Record<Method, MethodWords>> = {
  find_node: { title: 'Nearest nodes', about: 'Finds the nodes whose ids are nearest to the key (find_node).' },
  get_peers: { title: 'Peers of a torrent', about: 'Asks the nearest nodes who has the torrent (get_peers).' },
  get: { title: 'Stored value', about: 'Asks the nearest nodes for the value kept under the key (get, BEP 44).' },
  sample_infohashes: {
    title: 'Sample of info-hashes',
    about: 'Asks nodes on the way which info-hashes they keep (sample_infohashes, BEP 51).',
  },
}

const CHORD: Readonly<Partial<Record<Method, MethodWords>>> = {
  find_node: { title: 'Owner of a key', about: 'Finds the place that owns the key: the first one at or after it.' },
  get_peers: { title: 'Peers of a torrent', about: 'Asks the owner of the info-hash who has the torrent.' },
  get: { title: 'Stored value', about: 'Asks the owner of the key, and those with copies, for its value.' },
}

/** What can be looked for in each overlay. */
export const METHODS: Readonly<Record<OverlayName, Readonly<Partial<Record<Method, MethodWords>>>>> = {
  kademlia: KADEMLIA,
  chord: CHORD,
}

export const methodTitle = ({ overlay, method }: Pick<SearchState, 'overlay' | 'method'>): string =>
  (METHODS[overlay][method] ?? KADEMLIA[method]).title

export const STEP_LOOKS: Readonly<Record<SearchStep['state'], { word: string; icon: LucideIcon; ink: string }>> = {
  asked: { word: 'Asked', icon: Send, ink: 'text-info' },
  stalled: { word: 'Slow', icon: Hourglass, ink: 'text-warning' },
  replied: { word: 'Answered', icon: CircleCheck, ink: 'text-positive' },
  failed: { word: 'No answer', icon: CircleX, ink: 'text-danger' },
}

export const STATE_WORDS: Readonly<Record<SearchState['state'], string>> = {
  running: 'Running',
  done: 'Done',
  cancelled: 'Cancelled',
}

/** How a stored value is written. */
export const VALUE_FORMS: Readonly<
  Record<NonNullable<SearchState['form']>, { readonly word: string; readonly meaning: string }>
> = {
  text: { word: 'Text', meaning: 'A byte string that is text' },
  hex: { word: 'Hex', meaning: 'A byte string that is no text: its bytes in hexadecimal' },
  bencode: { word: 'Bencode', meaning: 'A number, a list or a dictionary, as it is bencoded' },
}

/** What `found` holds, counted. */
export function foundWords(method: Method, count: number): string {
  if (method === 'get_peers') return formatPlural(count, 'peer')
  if (method === 'sample_infohashes') return formatPlural(count, 'info-hash', 'info-hashes')
  return formatPlural(count, 'value')
}

/** The drawing in a sentence, for who does not see it. */
export function searchSentence(search: SearchState): string {
  const of = (state: SearchStep['state']): number => search.steps.filter((step) => step.state === state).length
  const deepest = search.steps.reduce((most, step) => Math.max(most, step.hop), 0)
  return [
    `Drawing of the search: ${formatPlural(search.steps.length, 'request')},`,
    `${of('replied')} answered, ${of('failed')} did not, ${of('asked') + of('stalled')} still to answer,`,
    `${formatPlural(deepest, 'hop')} deep. The table tells each step.`,
  ].join(' ')
}
