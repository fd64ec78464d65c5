/** How a host ends: whoever waits for that is told, however it comes about. */
import { expect, test } from 'vitest'
import { areSiblings, type ChordContact } from '../contact.ts'
import { HostWorld, type SimHost } from '../test-support/host-world.ts'

const MINUTE = 60_000

function twoHosts(): { world: HostWorld; host: SimHost } {
  const world = new HostWorld({ seed: 1, successors: 4 })
  const [, host] = world.grow(2, { virtualNodes: 2 }) as [SimHost, SimHost]
  return { world, host }
}

/** Who of several waits has been told, in order. */
function waiting() {
  const told: string[] = []
  const wait = (name: string, ended: Promise<void>) => void ended.then(() => told.push(name))
  return { told, wait }
}

test('who asks for the end while the host leaves waits for the same end', async () => {
  const { world, host } = twoHosts()
  const { told, wait } = waiting()
  wait('first', host.node.leave())
  wait('second', host.node.leave())
  await Promise.resolve()
  expect(told).toEqual([])
  world.run(MINUTE)
  await Promise.resolve()
  expect(told).toEqual(['first', 'second'])
})

test('stopped in the middle of leaving it has left', async () => {
  const { world, host } = twoHosts()
  const { told, wait } = waiting()
  wait('left', host.node.leave())
  world.run(1)
  host.node.stop()
  await Promise.resolve()
  expect(told).toEqual(['left'])
  wait('again', host.node.leave())
  await Promise.resolve()
  expect(told).toEqual(['left', 'again'])
})

test('a host whose neighbours are known to be dead is gone at once', async () => {
  const world = new HostWorld({ seed: 2, successors: 4 })
  const hosts = world.grow(4, { virtualNodes: 2 })
  expect(world.becomesIdeal(10 * MINUTE)).toBe(true)
  const [survivor, ...others] = hosts as [SimHost, ...SimHost[]]
  for (const host of others) world.kill(host)
  const { members } = survivor.node
  const areKnown = () =>
    members.every((member) => {
      const isDead = (contact: ChordContact) => areSiblings(contact, member.self) || member.hasFailed(contact)
      return isDead(member.predecessor) && isDead(member.successors[0] as ChordContact)
    })
  expect(world.run(MINUTE, areKnown)).toBe(true)
  const before = world.sent.leaving ?? 0
  const { told, wait } = waiting()
  wait('left', survivor.node.leave())
  world.run(100)
  await Promise.resolve()
  expect([told, world.sent.leaving ?? 0]).toEqual([['left'], before])
})
