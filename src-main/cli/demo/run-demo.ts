/**
 * The demonstration: two Shoal processes with throw-away profiles, which make up a DHT and a chain of their own. One shares a
 * folder, the other is given nothing but the magnet link and receives it, without a tracker; every file is compared. Then
 * coins are mined and paid (`move-coins.ts`). Loopback only; the shared folder is only read.
 */
import { dirname, join } from 'node:path'
import { ClientError } from '#shared/contract/client/client-error.ts'
import type { CreationRow, TorrentDetail, TorrentRow } from '#shared/contract/torrents.ts'
import { formatBytes, formatPlural, formatRate } from '#shared/format.ts'
import { formatMagnet } from '../../codec/magnet.ts'
import { readTorrentFile, type TorrentFile } from '../../engine/torrents/torrent-file.ts'
import { fromHex } from '../../kernel/bytes.ts'
import { type Millis, SECOND } from '../../kernel/clock.ts'
import type { CommandContext, CommandHost } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { follow, followTorrent } from '../follow.ts'
import { Pace } from '../pace.ts'
import { hashingLine, torrentLine } from '../words.ts'
import { compareFiles } from './compare-files.ts'
import { type Demo, step } from './demo.ts'
import { type CoinsResult, moveCoins } from './move-coins.ts'
import { Patience } from './patience.ts'
import { ShoalProcess } from './shoal-process.ts'

/** What the DHT is called among the sources of a torrent. */
const DHT_NAME = 'DHT'
/** Without any progress for so long, something is wrong. */
const PATIENCE: Millis = 30 * SECOND

export interface DemoResult extends CoinsResult {
  readonly infoHash: string
  readonly files: number
  readonly bytes: number
  /** Of the transfer alone, and of the whole demonstration. */
  readonly transferSeconds: number
  readonly seconds: number
  readonly rate: number
}

/** @param work an empty folder for everything the demonstration writes. @throws CommandError, and what its parts throw */
export async function runDemo(
  context: CommandContext,
  host: CommandHost,
  source: string,
  work: string,
): Promise<DemoResult> {
  const { clock, files } = host
  const began = clock.now()
  const patience = new Patience(clock, PATIENCE, context.stop)
  const cleaning: (() => Promise<void>)[] = []
  try {
    const demo = { context, host, source, work, patience }
    const receiver = await startProcess(demo, 'receiver', undefined, cleaning)
    const sender = await startProcess(demo, 'sender', receiver.listen, cleaning)

    const file = join(work, 'demo.torrent')
    const infoHash = await shareFolder(demo, sender, file)
    const torrent = await readTorrentFile(files, file, context.system.platform)
    await announced(demo, sender, infoHash)
    const transferSeconds = await receive(demo, receiver, infoHash)
    const compared = await compare(demo, torrent)
    const { totalLength: bytes } = torrent.metainfo
    const coins = await moveCoins(demo, sender.clients, receiver.clients)
    const seconds = (clock.now() - began) / SECOND
    return {
      infoHash,
      files: compared,
      bytes,
      transferSeconds,
      seconds,
      rate: bytes / Math.max(0.001, transferSeconds),
      ...coins,
    }
  } finally {
    patience.end()
    for (const clean of cleaning.reverse()) await clean()
  }
}

async function startProcess(
  { context, host, work, patience }: Demo,
  role: 'sender' | 'receiver',
  bootstrap: string | undefined,
  cleaning: (() => Promise<void>)[],
): Promise<ShoalProcess> {
  const profile = join(work, `${role}-profile`)
  const shoal = await ShoalProcess.start(context, host, { profile, bootstrap }, patience.signal)
  cleaning.push(() => shoal.stop())
  shoal.watch((error) => patience.fail(error))
  const { pid, listen } = shoal
  step(context, `start-${role}`, { pid, listen }, `Shoal as ${role}: process ${pid}, at ${listen}`)
  patience.renew()
  return shoal
}

/** @returns the info-hash */
async function shareFolder(
  { context, host, source, patience }: Demo,
  { clients }: ShoalProcess,
  file: string,
): Promise<string> {
  const options = { path: source, trackers: [], webSeeds: [], private: false, comment: '', source: '' }
  const { id } = await clients.torrents.create(options)
  const pace = new Pace(host.clock, context.out.progressPeriod)
  const row = await follow<CreationRow, CreationRow>(
    (listener) => clients.torrents.creations(undefined, listener),
    (rows) => {
      const mine = rows.find((other) => other.id === id)
      if (!mine) return undefined
      patience.renew()
      const { state, hashed, size, rate, error } = mine
      if (state === 'failed') throw new ClientError('DEMO_FAILED', error)
      if (state === 'hashing' && pace.due())
        context.out.progress({ hashed, total: size, rate }, hashingLine(hashed, size, rate))
      return state === 'ready' ? mine : undefined
    },
    patience.signal,
  )
  await clients.torrents.saveCreation({ id, file })
  const { id: infoHash } = await clients.torrents.seedCreation({ id })
  const facts = { infoHash, source, files: row.files, bytes: row.size, pieces: row.pieces }
  const what = `${formatPlural(row.files, 'file')}, ${formatBytes(row.size)}, ${formatPlural(row.pieces, 'piece')}`
  step(context, 'create', facts, `The sender made a .torrent of ${source} (${what}) and shares it`)
  return infoHash
}

/** Waits until the DHT knows that the sender has it. */
async function announced({ context, patience }: Demo, { clients }: ShoalProcess, infoHash: string): Promise<void> {
  const { message } = await follow<TorrentDetail, TorrentDetail['trackers'][number]>(
    (listener) => clients.torrents.detail({ id: infoHash }, listener),
    ([detail]) => detail?.trackers.find(({ name, state }) => name === DHT_NAME && state === 'working'),
    patience.signal,
  )
  step(context, 'announce', { infoHash }, `The sender is announced in the DHT (${message})`)
  patience.renew()
}

/** @returns seconds from adding the magnet link to complete */
async function receive(
  { context, host, work, patience }: Demo,
  { clients }: ShoalProcess,
  infoHash: string,
): Promise<number> {
  const directory = join(work, 'received')
  const began = host.clock.now()
  const magnet = formatMagnet({ infoHash: fromHex(infoHash) })
  await clients.torrents.add({ source: { magnet }, directory })
  step(context, 'magnet', { magnet }, `The receiver is given ${magnet}`)
  const pace = new Pace(host.clock, context.out.progressPeriod)
  let done = -1
  let metadata = false
  const row = await followTorrent<TorrentRow>(
    clients,
    infoHash,
    (now) => {
      if (now.done !== done) patience.renew()
      done = now.done
      if (!metadata && now.state !== 'fetching-metadata') {
        metadata = true
        patience.renew()
        step(
          context,
          'metadata',
          { infoHash, name: now.name },
          `It has found the sender and got the metadata: “${now.name}”`,
        )
      }
      const { size, downRate, seeds, peers, timeLeft } = now
      const complete = now.state === 'seeding'
      if (complete || pace.due())
        context.out.progress(
          { downloaded: done, total: size, downRate, peers: seeds + peers, timeLeft },
          torrentLine(now),
        )
      return complete ? now : undefined
    },
    patience.signal,
  )
  const seconds = (host.clock.now() - began) / SECOND
  const rate = row.size / Math.max(0.001, seconds)
  const facts = { infoHash, bytes: row.size, seconds, rate }
  const text = `The receiver has all of it: ${formatBytes(row.size)} in ${seconds.toFixed(1)} s (${formatRate(rate)})`
  step(context, 'download', facts, text)
  return seconds
}

/** @returns how many files there are, all of them the same on both sides */
async function compare({ context, host, source, work, patience }: Demo, { metainfo }: TorrentFile): Promise<number> {
  const paths = metainfo.files.filter(({ padding }) => !padding).map(({ path }) => path)
  const different: string[] = []
  // The torrent's files begin with its name, which is the name of what was shared.
  const same = await compareFiles(host.files, dirname(source), join(work, 'received'), paths, (file) => {
    patience.signal.throwIfAborted()
    patience.renew()
    if (!file.same) different.push(file.path)
  })
  const facts = { files: paths.length, same, algorithm: 'sha256' }
  const [first] = different
  if (first !== undefined) {
    const message = `${first} differs between sender and receiver; please report this.`
    throw new CommandError({ code: 'DEMO_FAILED' }, message)
  }
  const text = `Compared by SHA-256: all ${formatPlural(same, 'file')} are the same`
  step(context, 'compare', facts, text)
  return same
}
