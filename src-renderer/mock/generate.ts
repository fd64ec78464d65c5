/** Made-up torrents for the mock page and the tests: always the same for the same number. */
import type {
  MetadataProgress,
  PeerEntry,
  TorrentDetail,
  TorrentPreview,
  TorrentRow,
  TorrentState,
  TrackerEntry,
} from '../client/types.ts'
import { randomFrom } from './random.ts'
import { sampleHash, sampleRow } from './sample.ts'

const NAMES = [
  'debian-13.1.0-amd64-netinst.iso',
  'Field recordings, River Ouse, spring',
  'Lecture notes on distributed systems (2026)',
  'openstreetmap-planet-latest.osm.pbf',
  'Kathedrale von Chartres – Fotografien 1890–1930',
  'react-dom',
  '昔の写真 1950-1969',
  'Blender open film, 4K master',
  'wikipedia-en-maxi-2026-09.zim',
  'A very long name that someone gave to a folder with everything in it, from the first draft to the last print, and then some more',
  'Thesis data set, raw sensor logs',
  'Übungsblätter Analysis II',
] as const

const STATES: readonly (readonly [TorrentState, string])[] = [
  ['downloading', ''],
  ['seeding', ''],
  ['paused', ''],
  ['checking', ''],
  ['downloading', 'No peers yet: the tracker is asked again in 40 s.'],
  ['disk-full', 'The disk of /home/ada/Downloads is full. Free 1.2 GB, then resume.'],
  ['data-missing', '/media/usb is not there. Connect the drive, then resume.'],
  ['fetching-metadata', ''],
  ['error', 'Shoal may not write to /home/ada/Downloads. Change its permissions, then resume.'],
]

export function generateRow(n: number): TorrentRow {
  const random = randomFrom(n + 1)
  const size = Math.round(10 ** (4.5 + random() * 7))
  const [state, reason] = STATES[n < STATES.length ? n : Math.floor(random() ** 2 * 4)] ?? ['seeding', '']
  const complete = state === 'seeding' || (state === 'checking' && random() < 0.5)
  const done = complete ? size : Math.floor(size * random())
  const running = state === 'downloading' && reason === ''
  const downRate = running ? Math.round(10 ** (3 + random() * 4.5)) : 0
  const name = NAMES[n % NAMES.length] ?? ''
  return sampleRow(n, {
    name: n < NAMES.length ? name : `${name.slice(0, 48)} ${n}`,
    state,
    reason,
    ...(state === 'fetching-metadata'
      ? { size: 0, selected: 0, done: 0, metadata: generateMetadata(n) }
      : { size, selected: size, done }),
    checked: state === 'checking' ? random() : 0,
    downRate,
    upRate: running || state === 'seeding' ? Math.round(10 ** (2 + random() * 4)) : 0,
    downloaded: n % 7 === 1 || state === 'fetching-metadata' ? 0 : done,
    uploaded: state === 'fetching-metadata' ? 0 : Math.floor(done * random() * 3),
    seeds: running ? Math.floor(random() * 20) : 0,
    peers: running || state === 'seeding' ? Math.floor(random() * 60) : 0,
    ...(downRate > 0 ? { timeLeft: (size - done) / downRate } : {}),
    private: n % 9 === 4,
    addedAt: Date.UTC(2026, 9, 30, 12) - n * 5_400_000,
    ...(complete ? { completedAt: Date.UTC(2026, 9, 30, 18) - n * 5_400_000 } : {}),
  })
}

/** What a magnet has found so far: nobody yet, or some of whom one sends. */
export function generateMetadata(n: number): MetadataProgress {
  const found = n % 2 === 0
  return {
    since: Date.now() - 200_000,
    asking: ['DHT', '2 trackers', 'local network'],
    known: found ? 34 : 0,
    connecting: found ? 6 : 0,
    connected: found ? 9 : 0,
    serving: found ? 3 : 0,
    size: found ? 114_812 : 0,
    received: found ? 49_152 : 0,
  }
}

export function generateRows(count: number): TorrentRow[] {
  return Array.from({ length: count }, (_, n) => generateRow(n))
}

const CLIENTS = ['Shoal 0.1', 'Transmission 4.0.6', 'qBittorrent/4.5.2', 'aria2/1.36.0', ''] as const
const SOURCES = ['tracker', 'incoming', 'pex', 'local', 'given'] as const

function generatePeer(n: number): PeerEntry {
  const random = randomFrom(n * 31 + 7)
  const flag = (): boolean => random() < 0.5
  return {
    id: `peer ${n}`,
    address: n % 6 === 5 ? `[2001:db8::${(n + 16).toString(16)}]:6881` : `198.51.100.${n % 250}:${6_881 + n}`,
    client: CLIENTS[n % CLIENTS.length] ?? '',
    source: SOURCES[n % SOURCES.length] ?? 'tracker',
    progress: n % 3 === 0 ? 1 : random(),
    downRate: flag() ? random() * 2_000_000 : 0,
    upRate: flag() ? random() * 500_000 : 0,
    downloaded: random() * 900_000_000,
    uploaded: random() * 90_000_000,
    flags: {
      amInterested: flag(),
      peerChoking: flag(),
      peerInterested: flag(),
      amChoking: flag(),
      snubbed: n % 11 === 10,
      optimistic: n % 5 === 4,
    },
    connectedAt: Date.UTC(2026, 9, 30, 12, n),
  }
}

/** Details that fit a row. */
export function generateDetail(row: TorrentRow): TorrentDetail {
  const random = randomFrom(Number.parseInt(row.id.slice(0, 6), 16))
  const fraction = row.size === 0 ? 1 : row.done / row.size
  if (row.size === 0) return withoutMetadata(row)
  const files = Array.from({ length: 24 }, (_, n) => {
    const size = Math.floor(row.size / 24)
    return {
      path: `${row.name}/part ${n + 1}/recording-${n + 1}.flac`,
      size,
      done: n / 24 < fraction ? size : 0,
      wanted: true,
    }
  })
  return {
    id: row.id,
    pieceLength: 1_048_576,
    pieces: Math.max(1, Math.ceil(row.size / 1_048_576)),
    pieceMap: Array.from({ length: 200 }, (_, n) =>
      fraction === 1 ? 100 : n / 200 < fraction * 0.7 ? 100 : random() < fraction ? Math.floor(random() * 100) : 0,
    ),
    comment: 'Recorded with two microphones from the bridge',
    createdBy: 'Shoal 0.1',
    createdAt: row.addedAt - 86_400_000,
    files,
    fileCount: 3_412,
    unlistedWanted: 3_412 - files.length,
    peers: Array.from({ length: row.peers + row.seeds }, (_, n) => generatePeer(n)),
    trackers: generateSources(),
  }
}

function withoutMetadata({ id }: TorrentRow): TorrentDetail {
  const unknown = { pieceLength: 0, pieces: 0, pieceMap: [], comment: '', createdBy: '' }
  const noFiles = { files: [], fileCount: 0, unlistedWanted: 0 }
  return { id, ...unknown, ...noFiles, peers: [0, 1, 2].map(generatePeer), trackers: generateSources() }
}

function generateSources(): TrackerEntry[] {
  return [
    {
      name: 'https://tracker.example.org',
      tier: 0,
      state: 'working',
      message: '',
      seeds: 12,
      leechers: 40,
      peers: 50,
      nextIn: 1_240,
    },
    {
      name: 'udp://tracker.example.net:6969',
      tier: 0,
      state: 'failed',
      message: 'No answer after 15 s, asked again later',
      peers: 0,
      nextIn: 40,
    },
    { name: 'http://10.0.0.7:6969', tier: 1, state: 'idle', message: '', peers: 0 },
    { name: 'DHT', tier: 2, state: 'working', message: '', peers: 31, nextIn: 820 },
    { name: 'Local network', tier: 2, state: 'working', message: '', peers: 1, nextIn: 210 },
    { name: 'Peer exchange', tier: 2, state: 'working', message: '', peers: 12 },
  ]
}

export const MOCK_PREVIEW: TorrentPreview = {
  kind: 'torrent',
  id: sampleHash(900),
  name: 'Field recordings, River Ouse, spring',
  size: 4_812_331_008,
  pieceLength: 4_194_304,
  pieces: 1_148,
  private: false,
  comment: 'Two microphones, from the bridge',
  trackers: ['https://tracker.example.org/announce', 'udp://tracker.example.net:6969'],
  files: Array.from({ length: 31 }, (_, n) => ({
    path: `recordings/day ${n + 1}/bridge-${String(n + 1).padStart(2, '0')}.flac`,
    size: 155_000_000 + n * 1_231,
  })),
  fileCount: 31,
  renamed: 0,
  present: false,
}

/** A magnet names the torrent and who may know more; the rest comes later. */
export const MOCK_MAGNET_PREVIEW: TorrentPreview = {
  ...MOCK_PREVIEW,
  kind: 'magnet',
  size: 0,
  pieceLength: 0,
  pieces: 0,
  comment: '',
  files: [],
  fileCount: 0,
}
