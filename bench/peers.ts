/** The programs that send and receive: how each is started, and what it says when it is done. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { has, shoal } from './bench.ts'

const HERE = join(import.meta.dirname, 'peers')
const LOOP_DELAY = join(import.meta.dirname, 'loop-delay.mjs')

export interface PeerProgram {
  /** Whether it can be run here; what is missing is said by whoever looks. */
  readonly isThere: () => boolean
  seed?(torrent: string, folder: string, work: string): readonly string[]
  download(torrent: string, folder: string, work: string): readonly string[]
  /** The line that says that everything is there and verified. */
  readonly done: RegExp
  /** It loads `loop-delay.mjs`. */
  readonly tellsLoopDelay: boolean
}

/** Packets only to this machine, and whatever it keeps in a folder that is new each time. */
function shoalNode(command: string, torrent: string, folder: string, work: string): string[] {
  const [node = '', ...line] = shoal(command, torrent, '--dir', folder, '--profile', join(work, 'profile'))
  return [node, '--import', LOOP_DELAY, ...line, '--listen', '127.0.0.1:0', '--offline', '--json']
}

function webtorrentPeer(role: string, torrent: string, folder: string): string[] {
  return [process.execPath, join(HERE, 'webtorrent-peer.js'), role, torrent, folder]
}

export const PEERS = {
  shoal: {
    isThere: () => true,
    seed: (torrent, folder, work) => shoalNode('seed', torrent, folder, work),
    download: (torrent, folder, work) => shoalNode('download', torrent, folder, work),
    done: /"event":"done"/,
    tellsLoopDelay: true,
  },
  aria2: {
    isThere: () => has('aria2c'),
    // As it comes, but for what would reach beyond this machine, share afterwards, or reserve the disk first.
    download: (torrent, folder) => [
      ...['aria2c', '--no-conf', `--dir=${folder}`, '--seed-time=0', '--file-allocation=none'],
      ...['--enable-dht=false', '--enable-dht6=false', '--bt-enable-lpd=false', '--enable-peer-exchange=false'],
      ...['--summary-interval=0', '--console-log-level=notice', '--enable-color=false', torrent],
    ],
    done: /Download complete: \//,
    tellsLoopDelay: false,
  },
  webtorrent: {
    isThere: installWebtorrent,
    seed: (torrent, folder) => webtorrentPeer('seed', torrent, folder),
    download: (torrent, folder) => webtorrentPeer('download', torrent, folder),
    done: /"event":"done"/,
    tellsLoopDelay: false,
  },
} satisfies Record<string, PeerProgram>

export type PeerName = keyof typeof PEERS

/** Installs the packages of `bench/peers` on first use. Their install scripts do not run. @returns whether they are there */
function installWebtorrent(): boolean {
  if (existsSync(join(HERE, 'node_modules/.package-lock.json'))) return true
  process.stderr.write('Installing webtorrent into bench/peers, to be compared with ...\n')
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: HERE,
    encoding: 'utf8',
  })
  if (status !== 0) process.stderr.write(`webtorrent cannot be installed, so it is left out:\n${stderr}\n`)
  return status === 0
}
