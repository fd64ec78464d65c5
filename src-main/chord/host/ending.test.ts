/** How a host ends: whoever waits for that is told, however it comes about. */
import { expect, test } from 'vitest'
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
