import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../src-main/kernel/clock.ts'
import { Simulation } from '../../src-main/simulation/simulation.ts'
import { content, Node } from './engine-world.ts'

const warning = (node: Node) => node.engine.services.app.status.read(undefined)[0]?.warning ?? 'no status'

describe('a damaged profile', () => {
  test('is said, and what can be read of it is kept', async () => {
    const sim = new Simulation({ seed: 21 })
    const node = await Node.start(sim, 'desk', { networkConsent: 'unasked' })
    expect(warning(node)).toBe('')
    node.host.files.put('/share/a.bin', content(200_000, 1))
    const { id } = await node.share('/share', [])
    await node.stop()
    node.host = sim.restart(node.host)
    const path = '/profile/session.db'
    const bytes = Uint8Array.from(node.host.files.get(path) as Uint8Array)
    // The last page: some table's rows, not the header.
    bytes.fill(0xff, bytes.length - 4_096)
    node.host.files.put(path, bytes)
    await node.begin()
    expect(warning(node)).toMatch(/was damaged and has been rebuilt.*kept as \/profile\/session\.db\.damaged-1/)
    expect(node.host.files.get('/profile/session.db.damaged-1')).toBeDefined()
    expect(node.rows().every((row) => row.id === id)).toBe(true)
    await node.stop()
    await sim.stop()
  })

  test('a torrent whose .torrent was damaged is left out and said; the others go on', async () => {
    const sim = new Simulation({ seed: 22 })
    const node = await Node.start(sim, 'desk')
    node.host.files.put('/share/a.bin', content(100_000, 1))
    node.host.files.put('/other/b.bin', content(100_000, 2))
    const first = await node.share('/share', [])
    const second = await node.share('/other', [])
    await node.stop()
    node.host = sim.restart(node.host)
    const db = node.host.databases.open('/profile/session.db', { synchronous: 'NORMAL' })
    db.prepare('UPDATE torrent_metainfo SET bytes = ? WHERE torrent_id = (SELECT min(id) FROM torrent)').run(
      Uint8Array.from([108, 45, 51, 58, 101]),
    )
    db.close()
    await node.begin()
    await sim.until(MINUTE, () => node.rows().some(({ state }) => state === 'seeding'), 'the other seeds')
    expect(node.rows().map(({ id }) => id)).toEqual([second.id])
    expect(first.id).not.toBe(second.id)
    expect(warning(node)).toMatch(/^A torrent of the list could not be read/)
    // What the warning advises.
    expect(await node.add(first.bytes, { directory: '/', useExisting: true })).toBe(first.id)
    await node.reaches(first.id, 'seeding', MINUTE)
    expect(warning(node)).toBe('')
    await node.stop()
    await sim.stop()
  })

  test('a magnet that cannot be read is left out and said; one that is a torrent already stays a torrent', async () => {
    const sim = new Simulation({ seed: 23 })
    const alone = { dht: 'off', localDiscovery: false } as const
    const node = await Node.start(sim, 'desk', alone)
    node.host.files.put('/share/a.bin', content(100_000, 1))
    const { id } = await node.share('/share', [])
    const magnets = ['01', '02', '03'].map((byte) => `magnet:?xt=urn:btih:${byte.repeat(20)}`)
    for (const magnet of magnets) await node.magnet(magnet)
    await node.stop()
    node.host = sim.restart(node.host)
    const db = node.host.databases.open('/profile/session.db', { synchronous: 'NORMAL' })
    db.exec("UPDATE magnet SET paused = 7 WHERE id = 1; UPDATE magnet SET uri = 'https://x' WHERE id = 2")
    const both =
      'INSERT INTO magnet (info_hash, uri, directory, added_at, paused, use_existing) VALUES (?, ?, ?, ?, 0, 0)'
    db.prepare(both).run(Buffer.from(id, 'hex'), `magnet:?xt=urn:btih:${id}`, '/downloads', 9e12)
    db.close()
    await node.begin()
    await node.reaches(id, 'seeding', MINUTE)
    expect(node.rows().map((row) => [row.id, row.state])).toEqual([
      [id, 'seeding'],
      ['03'.repeat(20), 'fetching-metadata'],
    ])
    expect(warning(node)).toMatch(/^2 torrents of the list could not be read/)
    await node.stop()
    await sim.stop()
  })
})
