/**
 * Local discovery (BEP 14) in a network of the test's own: multicast over `lo`, nothing else. First alone, then as the only
 * way for whole programs to find each other: no tracker, no DHT, no given peer.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { utf8 } from '../../src-main/kernel/bytes.ts'
import { content, expectSame } from './support/data.ts'
import { ADDRESS, Machine } from './support/machine.ts'
import { aria2Leech, aria2Seed, exitsWell, requirePeers } from './support/peers.ts'
import type { Program } from './support/program.ts'
import { ShoalCommand } from './support/shoal-command.ts'

const SCRIPT = fileURLToPath(new URL('./support/local-discovery-process.ts', import.meta.url))
const LIMIT = 45_000
const INFO_HASH = '00112233445566778899aabbccddeeff00112233'
/** Other programs take the interface of the multicast route, and want its flag. */
const MULTICAST = 'ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo'

const LPD = '--bt-enable-lpd=true'
/** Nothing but local discovery. */
const LOCAL_ONLY = ['--offline', '--dht', 'off', '--local-discovery', 'on']

beforeAll(requirePeers)

async function localNetwork(context: Parameters<typeof Machine.start>[0]): Promise<Machine> {
  const machine = await Machine.start(context)
  await exitsWell(machine, machine.run('multicast over lo', ['sh', '-c', MULTICAST]), LIMIT)
  return machine
}

function announcing(machine: Machine, name: string, infoHash: string, port: number): Program {
  return machine.run(name, [process.execPath, SCRIPT, infoHash, String(port)])
}

async function says(machine: Machine, program: Program, text: string): Promise<void> {
  await machine.until(LIMIT, `${program.name} says ${text}`, () => {
    if (program.outcome !== undefined) throw new Error(`${program.name} ended with ${program.outcome}`)
    return program.output.includes(text)
  })
}

/** One file of one piece. */
async function smallTorrent(machine: Machine): Promise<{ torrent: string; infoHash: string; directory: string }> {
  const directory = machine.path('original')
  const bytes = content(10_000, 1)
  await mkdir(directory)
  await writeFile(`${directory}/small.bin`, bytes)
  const pieces = createHash('sha1').update(bytes).digest()
  const info = { length: bytes.length, name: utf8('small.bin'), 'piece length': 16_384, pieces }
  const torrent = machine.path('small.torrent')
  await writeFile(torrent, encodeBencode({ info }))
  return { torrent, infoHash: createHash('sha1').update(encodeBencode(info)).digest('hex'), directory }
}

test.concurrent('two processes share the port of BEP 14 and find each other, not themselves', async (context) => {
  const machine = await localNetwork(context)
  const first = announcing(machine, 'first', INFO_HASH, 7001)
  await says(machine, first, 'ready')
  const second = announcing(machine, 'second', INFO_HASH, 7002)
  await says(machine, first, '{"found":["127.0.0.1:7002"]}')
  expect(first.output).toContain('{"sender":"127.0.0.1:7002"}')
  expect(first.output).not.toContain(':7001"')
  expect(second.output).not.toContain(':7002"')
})

test.concurrent('Shoal hears aria2, and aria2 hears Shoal', async (context) => {
  const machine = await localNetwork(context)
  const { torrent, infoHash, directory } = await smallTorrent(machine)
  const early = announcing(machine, 'early', infoHash, 7001)
  await says(machine, early, 'ready')
  const extra = [LPD, '--listen-port=6999']
  const aria2 = aria2Seed(machine, { torrent, directory, extra })
  await says(machine, early, `{"found":["${ADDRESS}:6999"]}`)
  announcing(machine, 'late', infoHash, 7002)
  await says(machine, aria2, `LPD message received infohash=${infoHash}, port=7002 from 127.0.0.1`)
})

describe.concurrent('local discovery alone', () => {
  test('brings a magnet link from a Shoal in another process to its data, metadata included', async (context) => {
    const machine = await localNetwork(context)
    const { torrent, infoHash, directory } = await smallTorrent(machine)
    const seed = new ShoalCommand(machine, 'seed', [
      ...['seed', torrent, '--dir', directory, '--profile', machine.path('seed')],
      ...LOCAL_ONLY,
    ])
    await seed.event(LIMIT, 'ready')
    const download = new ShoalCommand(machine, 'download', [
      ...['download', `magnet:?xt=urn:btih:${infoHash}`, '--dir', machine.path('copy')],
      ...['--profile', machine.path('download'), ...LOCAL_ONLY],
    ])
    await download.done(LIMIT)
    await expectSame(directory, machine.path('copy'))
  })

  test('brings Shoal to the data of aria2', async (context) => {
    const machine = await localNetwork(context)
    const { torrent, infoHash, directory } = await smallTorrent(machine)
    const download = new ShoalCommand(machine, 'download', [
      ...['download', `magnet:?xt=urn:btih:${infoHash}`, '--dir', machine.path('copy')],
      ...['--profile', machine.path('download'), '--timeout', '40', ...LOCAL_ONLY],
    ])
    // aria2 announces when it starts and then every five minutes, so we are there first.
    await download.event(LIMIT, 'progress')
    aria2Seed(machine, { torrent, directory, extra: [LPD] })
    await download.done(LIMIT)
    await expectSame(directory, machine.path('copy'))
  })

  test('brings aria2 to the data of Shoal', async (context) => {
    const machine = await localNetwork(context)
    const { torrent, directory } = await smallTorrent(machine)
    const seed = new ShoalCommand(machine, 'seed', [
      ...['seed', torrent, '--dir', directory, '--profile', machine.path('seed')],
      ...LOCAL_ONLY,
    ])
    await seed.event(LIMIT, 'ready')
    const leech = aria2Leech(machine, { torrent, directory: machine.path('copy'), extra: [LPD] })
    await exitsWell(machine, leech, LIMIT)
    await expectSame(directory, machine.path('copy'))
  })
})
