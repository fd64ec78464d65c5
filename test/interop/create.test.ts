/** .torrent files: ours read by other programs, theirs by us, with the same info-hash, sizes and piece length. */
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { manyFiles, singleFile } from './support/data.ts'
import { Machine } from './support/machine.ts'
import { exitsWell, requirePeers } from './support/peers.ts'
import { Shoal } from './support/shoal.ts'

const LIMIT = 30_000
const TRACKERS = ['http://tracker.example/announce', 'udp://other.example:6969/announce']
const PIECE = 64 * 1024

beforeAll(requirePeers)

/** Runs a program to its end. @returns what it printed */
async function outputOf(machine: Machine, ...command: readonly string[]): Promise<string> {
  const program = machine.run(command[0] as string, command, { env: { HOME: machine.folder } })
  await exitsWell(machine, program, LIMIT)
  return program.output
}

const kinds = [
  { what: 'one file', make: singleFile, sizes: [5_255_225], name: 'a single file.bin' },
  {
    what: 'many files',
    make: manyFiles,
    sizes: [45_678, 2_097_153, 1_048_575, 1, 65_536, 777_777, 0],
    name: 'An album',
  },
]

describe.concurrent('a .torrent of ours', () => {
  test.for(kinds)('of $what is read by Transmission and aria2', async ({ make, sizes, name }, context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine)
    const path = await make(machine.folder)
    const options = { pieceLength: PIECE, private: true, comment: 'Ein Kommentar – 鯨' }
    const { file, infoHash } = await shoal.create(path, TRACKERS, options)
    const total = sizes.reduce((a, b) => a + b)
    const pieces = Math.ceil(total / PIECE)

    const theirs = await outputOf(machine, 'transmission-show', file)
    for (const line of [
      `Name: ${name}`,
      `Hash: ${infoHash}`,
      `Comment: ${options.comment}`,
      `Piece Count: ${pieces}`,
      'Piece Size: 64.00 KiB',
      'Privacy: Private torrent',
    ])
      expect(theirs).toContain(line)
    for (const tracker of TRACKERS) expect(theirs).toContain(tracker)

    const shown = await outputOf(machine, 'aria2c', '-S', file)
    for (const line of [`Info Hash: ${infoHash}`, 'Piece Length: 64KiB', `The Number of Pieces: ${pieces}`])
      expect(shown).toContain(line)
    expect(shown).toContain(`(${total.toLocaleString('en')})`)
    for (const size of sizes) expect(shown).toContain(`(${size.toLocaleString('en')})`)
    expect(shown).toContain(`Comment: ${options.comment}`)
    for (const tracker of TRACKERS) expect(shown).toContain(tracker)
  })
})

describe.concurrent('a .torrent of another program', () => {
  const makers = [
    {
      program: 'mktorrent',
      command: (path: string, file: string) => [
        'mktorrent',
        '-l',
        '16',
        ...TRACKERS.flatMap((url) => ['-a', url]),
        '-o',
        file,
        path,
      ],
    },
    {
      program: 'transmission-create',
      command: (path: string, file: string) => [
        'transmission-create',
        '-s',
        '64',
        '-p',
        ...TRACKERS.flatMap((url) => ['-t', url]),
        '-o',
        file,
        path,
      ],
    },
  ]
  const cases = makers.flatMap((maker) => kinds.map((kind) => ({ ...maker, ...kind })))
  test.for(cases)('$program, $what', async ({ command, make, name, sizes }, context) => {
    const machine = await Machine.start(context)
    const shoal = await Shoal.start(machine)
    const path = await make(machine.folder)
    const file = machine.path('theirs.torrent')
    await outputOf(machine, ...command(path, file))

    const ours = await shoal.torrents.preview({ source: { path: file } })
    const shown = await outputOf(machine, 'transmission-show', file)
    expect(shown).toContain(`Hash: ${ours.id}`)
    expect({ name: ours.name, size: ours.size, pieceLength: ours.pieceLength }).toEqual({
      name,
      size: sizes.reduce((a, b) => a + b),
      pieceLength: PIECE,
    })
    expect(ours.trackers).toEqual(TRACKERS)

    // The data that they hashed is complete by their hashes.
    const adding = shoal.torrents.add({
      source: { bytes: await readFile(file) },
      directory: dirname(path),
      useExisting: true,
    })
    const { id } = await machine.within(LIMIT, 'the torrent is added', adding)
    const row = await shoal.completes(id as string, LIMIT)
    expect(row.downloaded).toBe(0)
  })
})
