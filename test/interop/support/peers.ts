/** The other programs: how they are started, and what tells how far they are. */
import { mkdir, writeFile } from 'node:fs/promises'
import { missingPackages } from '../../../scripts/debian.mjs'
import type { Machine } from './machine.ts'
import type { Program } from './program.ts'

/** Call before anything else: a missing program is a failure with the line that mends it. */
export function requirePeers(): void {
  const missing = missingPackages(['peers', 'namespaces'])
  if (missing.length > 0)
    throw new Error(`Missing: ${missing.join(', ')}. Install with: apt-get install -y ${missing.join(' ')}`)
}

export interface PeerOptions {
  readonly name?: string
  readonly torrent: string
  readonly directory: string
  readonly extra?: readonly string[]
}

const quiet = ['--no-conf=true', '--file-allocation=none', '--summary-interval=0', '--enable-color=false']
// Nothing but trackers: UDP ones come only with the DHT, which has no entry point here.
const discovery = ['--enable-dht=true', '--enable-dht6=false', '--enable-peer-exchange=false', '--bt-enable-lpd=false']

function aria2(machine: Machine, kind: string, options: PeerOptions, args: readonly string[]): Program {
  const { name = kind, torrent, directory, extra = [] } = options
  const common = [...quiet, ...discovery, `--dht-file-path=${machine.path(`${name}.dht`)}`]
  const command = ['aria2c', ...common, '--log=-', '--log-level=info', `--dir=${directory}`, ...args, ...extra, torrent]
  return machine.run(name, command, { env: { HOME: machine.folder } })
}

/** aria2 as one who downloads and leaves: ends by itself with code 0 when it has everything. It never says `completed`. */
export function aria2Leech(machine: Machine, options: PeerOptions): Program {
  return aria2(machine, 'aria2 leech', options, ['--seed-time=0'])
}

/** aria2 as one who downloads and then seeds, until SIGINT. */
export function aria2Peer(machine: Machine, options: PeerOptions): Program {
  return aria2(machine, 'aria2 peer', options, ['--seed-ratio=0.0'])
}

/** aria2 with the whole data in `directory`: it checks and seeds. */
export function aria2Seed(machine: Machine, options: PeerOptions): Program {
  return aria2(machine, 'aria2 seed', options, ['--check-integrity=true', '--seed-ratio=0.0'])
}

/** Where aria2 stands in a DHT: the node it begins with, and the address of 127/8 that it binds. */
export interface DhtPlace {
  readonly entry: string
  readonly address: string
}

function trackerless(
  machine: Machine,
  kind: string,
  { name = kind, torrent, directory, extra = [] }: PeerOptions,
  { entry, address }: DhtPlace,
  args: readonly string[],
): Program {
  const dht = ['--enable-dht=true', '--enable-dht6=false', `--dht-entry-point=${entry}`, `--interface=${address}`]
  const own = [`--dht-file-path=${machine.path(`${name}.dht`)}`, `--dir=${directory}`]
  const none = ['--enable-peer-exchange=false', '--bt-enable-lpd=false']
  const log = ['--log=-', '--log-level=info']
  const command = ['aria2c', ...quiet, ...dht, ...none, ...log, ...own, ...args, ...extra, torrent]
  return machine.run(name, command, { env: { HOME: machine.folder } })
}

/** aria2 with the whole data in `directory`, found through the DHT alone. */
export function aria2Trackerless(machine: Machine, options: PeerOptions, place: DhtPlace): Program {
  return trackerless(machine, 'aria2 seed', options, place, ['--check-integrity=true', '--seed-ratio=0.0'])
}

/** aria2 with a magnet link as `torrent`: fetches the metadata and the data, and ends by itself with code 0. */
export function aria2Magnet(machine: Machine, options: PeerOptions, place: DhtPlace): Program {
  return trackerless(machine, 'aria2 magnet', options, place, ['--seed-time=0', '--follow-torrent=mem'])
}

export async function exitsWell(machine: Machine, program: Program, limit: number): Promise<void> {
  await machine.until(limit, `${program.name} ends by itself`, () => {
    if (program.outcome !== undefined && program.outcome !== 'code 0')
      throw new Error(`${program.name} ended with ${program.outcome}`)
    return program.outcome
  })
}

/** Asks a program to end, as Ctrl-C does, and waits until it has. */
export async function leaves(machine: Machine, program: Program, limit: number): Promise<void> {
  await machine.within(limit, `${program.name} ends after SIGINT`, program.kill('SIGINT'))
}

const TRANSMISSION_SETTINGS = {
  'dht-enabled': false,
  'lpd-enabled': false,
  'pex-enabled': false,
  'utp-enabled': false,
  'port-forwarding-enabled': false,
}

/** transmission-cli: downloads or, where `directory` has the data, seeds. It goes on until it is ended. */
export async function transmission(
  machine: Machine,
  { name = 'transmission', torrent, directory, extra = [] }: PeerOptions,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Program> {
  const config = machine.path(`${name}-config`)
  await mkdir(config, { recursive: true })
  await mkdir(directory, { recursive: true })
  await writeFile(`${config}/settings.json`, JSON.stringify({ ...TRANSMISSION_SETTINGS, ...settings }))
  const command = ['transmission-cli', '-g', config, '-w', directory, '-M', ...extra, torrent]
  return machine.run(name, command, { env: { HOME: machine.folder } })
}
