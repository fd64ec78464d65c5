/**
 * The window with made-up data, for looking at every state without the app: `npm run dev`, then open
 * `http://127.0.0.1:5173/mock.html?torrents=1000&theme=dark`. Parameters: `torrents`, `theme`, `list` (loading, failed),
 * `welcome`, `network` (local-only), `density`, `present`, `renamed`, `free` (bytes), `exists`, `live` (seconds pass),
 * `peers` (how many), `dht` (off, waiting, joining, isolated), `links` (published and followed ones), `clipboard` (its text), `magnet` (one is opened).
 * Those of the chain are in `chain-query.ts`, those of the wallet in `wallet-query.ts`.
 */
import { createRoot } from 'react-dom/client'
import { App } from '../app/app.tsx'
import type { Settings } from '../client/types.ts'
import { chainQuery, chainSettings } from './chain-query.ts'
import { generateRows } from './generate.ts'
import { createMock, type MockOptions } from './mock-clients.ts'
import { overlayQuery } from './overlay-query.ts'
import { sampleHash, sampleMagnet, samplePublication, sampleSubscription } from './sample.ts'
import { walletQuery } from './wallet-query.ts'

const SECOND_MS = 1_000
const SEARCH_MS = 100
const query = new URLSearchParams(window.location.search)
const offline = query.get('network') === 'local-only'

const EXIST = {
  code: 'FILES_EXIST',
  message: '3 files already stand in /home/ada/Downloads where this torrent would write.',
}

const LINKS: MockOptions = {
  publications: [
    samplePublication(1, {
      name: 'Field recordings, every month',
      torrentName: 'Field recordings, River Ouse, spring',
    }),
    samplePublication(2, { name: 'Lecture notes', state: 'publishing', stored: 0, torrent: sampleHash(700) }),
    samplePublication(3, {
      name: 'Old photographs',
      state: 'failed',
      stored: 0,
      reason: 'No node of the DHT took it. Shoal tries again in 12 minutes.',
    }),
  ],
  subscriptions: [
    sampleSubscription(1, { name: 'Blender open film, nightly', checkedAt: Date.now() - 1_500_000 }),
    sampleSubscription(4, {
      name: 'A link that nobody keeps any more',
      state: 'not-found',
      torrent: undefined,
      seq: undefined,
      reason: 'No node of the DHT has it. Shoal looks again in an hour.',
    }),
  ],
}

const overlay = overlayQuery(query, Date.now())
const chain = chainQuery(query, Date.now())
const options: MockOptions = {
  ...overlay,
  ...chain,
  ...walletQuery(query, Date.now()),
  ...(query.has('links') ? LINKS : {}),
  ...(query.has('clipboard') ? { clipboard: query.get('clipboard') ?? '' } : {}),
  ...(query.has('magnet') ? { opened: [sampleMagnet(sampleHash(900))] } : {}),
  rows: generateRows(Number(query.get('torrents') ?? 12)),
  list: (query.get('list') ?? 'ready') as NonNullable<MockOptions['list']>,
  settings: {
    ...chainSettings(query),
    theme: (query.get('theme') ?? 'system') as Settings['theme'],
    density: (query.get('density') ?? 'compact') as Settings['density'],
    welcomeDone: !query.has('welcome'),
    networkConsent: offline || query.has('welcome') ? 'unasked' : 'granted',
  },
  status: {
    ...overlay.status,
    ...chain.status,
    ...(offline ? { network: 'local-only', downRate: 0, upRate: 0, connections: 0 } : {}),
  },
  preview: {
    present: query.has('present'),
    renamed: Number(query.get('renamed') ?? 0),
    private: query.has('private'),
  },
  ...(query.has('free') ? { folder: { free: Number(query.get('free')), writable: true } } : {}),
  failures: {
    ...(query.has('exists') ? { 'torrents.add unless useExisting': EXIST } : {}),
    ...(query.has('malformed')
      ? {
          'torrents.preview': {
            code: 'MALFORMED',
            message: 'river-ouse.torrent is not a valid .torrent: a list at byte 41 never ends. Get it again.',
          },
        }
      : {}),
  },
}

const mock = createMock(options)
if (query.has('live')) {
  setInterval(() => mock.tick(), SECOND_MS)
  setInterval(() => mock.overlays.advance(SEARCH_MS), SEARCH_MS)
}
Object.assign(window, { mock })

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <App connection={{ clients: mock.clients, vault: mock.vault, pathForFile: (file) => `/home/ada/${file.name}` }} />,
  )
}
