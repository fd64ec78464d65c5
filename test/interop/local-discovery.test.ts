/**
 * Local discovery (BEP 14) on the real host and with aria2, in a network of the test's own: multicast over `lo`, nothing else.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { encodeBencode } from '../../src-main/codec/bencode.ts'
import { utf8 } from '../../src-main/kernel/bytes.ts'
import { content } from './support/data.ts'
import { ADDRESS, Machine } from './support/machine.ts'
import { aria2Seed, exitsWell, requirePeers } from './support/peers.ts'
import type { Program } from './support/program.ts'

const SCRIPT = fileURLToPath(new URL('./support/local-discovery-process.ts', import.meta.url))
const LIMIT = 45_000
const INFO_HASH = '00112233445566778899aabbccddeeff00112233'
/** Other programs take the interface of the multicast route, and want its flag. */
const MULTICAST = 'ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo'

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
  const extra = ['--bt-enable-lpd=true', '--listen-port=6999']
  const aria2 = aria2Seed(machine, { torrent, directory, extra })
  await says(machine, early, `{"found":["${ADDRESS}:6999"]}`)
  announcing(machine, 'late', infoHash, 7002)
  await says(machine, aria2, `LPD message received infohash=${infoHash}, port=7002 from 127.0.0.1`)
})
