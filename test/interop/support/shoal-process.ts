/** A whole Shoal for interop tests: engine and tracker on the real host, driven by lines on standard input. */

import { mkdirSync } from 'node:fs'
import { headlessShell } from '../../../src-main/engine/app/shell.ts'
import { type Engine, startEngine } from '../../../src-main/engine/engine.ts'
import { standardErrorSink } from '../../../src-main/host/log.ts'
import { createHost, type RealHost } from '../../../src-main/host/real-host.ts'
import { sourceKernels, sourceScripts } from '../../../src-main/host/source-scripts.ts'
import { encodeLine, LineReader } from '../../../src-main/serving/json-lines.ts'
import { createTracker, type Tracker } from '../../../src-main/tracker/tracker.ts'
import type { FromShoal, ShoalOptions, ToShoal } from './shoal-protocol.ts'

/** How often the tracker's counts are looked at; the tests are told only of changes. */
const LOOK_PERIOD = 25

const options = JSON.parse(process.argv[2] ?? '{}') as ShoalOptions
const host = createHost({
  scripts: sourceScripts,
  miningKernels: sourceKernels,
  log: { level: 'debug', format: 'text', sink: standardErrorSink() },
  networkPolicy: { mode: 'online' },
})
const say = (message: FromShoal) => process.stdout.write(encodeLine(message))

async function openEngine(profile: string): Promise<Engine> {
  mkdirSync(profile, { recursive: true })
  return startEngine(host, {
    profile,
    version: '0.0.0',
    platform: process.platform,
    shell: headlessShell(() => {}),
    offline: false,
    downloadDirectory: options.downloads,
    settings: { networkConsent: 'granted', welcomeDone: true, listenPort: 0, chain: false, ...options.settings },
  })
}

function watchTracker(tracker: Tracker, { clock }: RealHost): void {
  let said = '[]'
  clock.every(LOOK_PERIOD, () => {
    const rows = tracker.swarms()
    const text = JSON.stringify(rows)
    if (text !== said) say({ kind: 'swarms', rows })
    said = text
  })
}

const tracker = options.tracker && (await createTracker(host, { ...options.tracker, interval: 30, minInterval: 5 }))
if (tracker) watchTracker(tracker, host)
const engine = options.profile === undefined ? undefined : await openEngine(options.profile)
const client = engine?.server.connect((message) => process.stdout.write(encodeLine(message)))
const lines = new LineReader()
process.stdin.on('data', (chunk: Uint8Array) =>
  lines.push(chunk, (message) => {
    if ((message as ToShoal).kind !== 'stop') client?.receive(message)
    else void engine?.stop().then(() => say({ kind: 'stopped' }))
  }),
)
process.stdin.on('end', () => process.exit(0))
const listening = engine?.listening()
say({
  kind: 'ready',
  ...(tracker?.http ? { http: tracker.http } : {}),
  ...(tracker?.udp ? { udp: tracker.udp } : {}),
  ...(listening === undefined ? {} : { listening }),
})
