import { expect, test } from 'vitest'
import { NetworkWorld } from '../../test-support/network-world.ts'
import { MAX_REJECTIONS_LOGGED } from './rejection-log.ts'

test('what peers refuse is written down as text, not more than a few lines a minute of each', async () => {
  const world = new NetworkWorld()
  const node = await world.node()
  const peer = await world.peerOf(node)
  const refuse = () =>
    peer.send({ command: 'reject', refused: 'tx', reasonCode: 0x40, reason: 'dust', data: new Uint8Array(32).fill(3) })
  const lines = () => node.host.log.entries.filter(({ event }) => event.endsWith('a peer refused what we sent'))
  for (let i = 0; i < 3 * MAX_REJECTIONS_LOGGED; i++) refuse()
  await world.run(5_000)
  expect(lines()).toHaveLength(MAX_REJECTIONS_LOGGED)
  expect(lines()[0]?.facts).toMatchObject({ refused: 'tx', reason: 'dust', hash: '03'.repeat(32) })
  await world.run(60_000)
  refuse()
  await world.run(1_000)
  expect(lines()).toHaveLength(MAX_REJECTIONS_LOGGED + 1)
  await world.stop()
})
