import { expect, test } from 'vitest'
import {
  demonstration,
  demonstrationPicture,
  MAX_DEMONSTRATIONS,
  type RingPicture,
} from '#shared/contract/demonstration.ts'
import { SECOND } from '../../kernel/clock.ts'
import { Simulation } from '../../simulation/simulation.ts'
import { demonstrationService } from './demonstration-service.ts'
import { TICK } from './demonstrations.ts'

function world() {
  const sim = new Simulation({ seed: 7 })
  const { clock } = sim.host('bench')
  return { sim, service: demonstrationService(clock) }
}

type Service = ReturnType<typeof world>['service']
const pictureOf = (service: Service, id: string) => demonstrationPicture.parse(service.picture.read({ id })[0])
const ringOf = (service: Service, id: string) => pictureOf(service, id) as RingPicture

test('both examples open with what the contract says', async () => {
  const { sim, service } = world()
  const ring = await service.open({ example: 'chord' })
  const tree = await service.open({ example: 'kademlia' })
  expect(ringOf(service, ring.id).nodes.map((node) => node.id)).toEqual([8, 14, 21, 32, 38, 42, 48, 51])
  expect(pictureOf(service, tree.id)).toMatchObject({ example: 'kademlia', walk: { from: 2, target: 13 } })
  await sim.stop()
})

test('time passes only while it plays and is watched, at the speed that was chosen', async () => {
  const { sim, service } = world()
  const { id } = await service.open({ example: 'chord' })
  await service.act({ id, action: { kind: 'play', speed: 4 } })
  await sim.run(SECOND)
  expect(ringOf(service, id)).toMatchObject({ playing: true, speed: 4, time: 0 })
  let changes = 0
  const end = service.picture.watch({ id }, () => changes++)
  await sim.run(2 * SECOND)
  expect(ringOf(service, id).time).toBe(8 * SECOND)
  expect(changes).toBe((2 * SECOND) / TICK)
  await service.act({ id, action: { kind: 'pause' } })
  await sim.run(SECOND)
  expect(ringOf(service, id)).toMatchObject({ playing: false, time: 8 * SECOND })
  await service.act({ id, action: { kind: 'play', speed: 1 } })
  end()
  end()
  await sim.run(SECOND)
  expect(ringOf(service, id).time).toBe(8 * SECOND)
  await sim.stop()
})

test('what is over plays no longer', async () => {
  const { sim, service } = world()
  const { id } = await service.open({ example: 'kademlia' })
  const end = service.picture.watch({ id }, () => undefined)
  await service.act({ id, action: { kind: 'play', speed: 1 } })
  await sim.run(2 * SECOND)
  expect(pictureOf(service, id)).toMatchObject({ playing: true, walk: { state: 'running' } })
  await sim.run(2 * SECOND)
  expect(pictureOf(service, id)).toMatchObject({ playing: false, walk: { state: 'found' } })
  end()
  await sim.stop()
})

test('a step and the way back stop what plays', async () => {
  const { sim, service } = world()
  const { id } = await service.open({ example: 'chord' })
  const end = service.picture.watch({ id }, () => undefined)
  for (const action of [{ kind: 'step', routine: true }, { kind: 'reset' }] as const) {
    await service.act({ id, action: { kind: 'play', speed: 1 } })
    await service.act({ id, action })
    expect(ringOf(service, id).playing).toBe(false)
  }
  end()
  await sim.stop()
})

test('what is done is seen by who watches, and pictures of a whole life are as the contract says', async () => {
  const { sim, service } = world()
  const { id } = await service.open({ example: 'chord' })
  let changes = 0
  const end = service.picture.watch({ id }, () => changes++)
  const acts = [
    { kind: 'join', node: 26 },
    { kind: 'lookup', from: 8, key: 54 },
    { kind: 'kill', node: 42 },
    { kind: 'leave', node: 8 },
    { kind: 'lookup', from: 14, key: 40, routing: 'all' },
    { kind: 'another', seed: 5 },
  ] as const
  for (const action of acts) {
    const before = changes
    await service.act({ id, action })
    expect(changes).toBe(before + 1)
    for (let i = 0; i < 20; i++) {
      await service.act({ id, action: { kind: 'step', routine: true } })
      expect(ringOf(service, id).ring).not.toBe('broken')
    }
  }
  end()
  await sim.stop()
})

test('one too many takes the place of the oldest that nobody watches, or is refused', async () => {
  const { sim, service } = world()
  const ids: string[] = []
  for (let i = 0; i < MAX_DEMONSTRATIONS; i++) ids.push((await service.open({ example: 'kademlia' })).id)
  const [first, second] = ids as [string, string]
  const ends = ids.filter((id) => id !== second).map((id) => service.picture.watch({ id }, () => undefined))
  ids.push((await service.open({ example: 'kademlia' })).id)
  expect(() => service.picture.read({ id: second })).toThrow(expect.objectContaining({ code: 'NO_SUCH_DEMONSTRATION' }))
  const newest = ids.at(-1) as string
  ends.push(service.picture.watch({ id: newest }, () => undefined))
  await expect(service.open({ example: 'chord' })).rejects.toMatchObject({ code: 'TOO_MANY_OPEN' })
  await service.close({ id: first })
  await service.close({ id: first })
  await service.open({ example: 'chord' })
  for (const end of ends) end()
  await sim.stop()
})

test('what cannot be done is refused with its code', async () => {
  const { sim, service } = world()
  const { id } = await service.open({ example: 'chord' })
  await expect(service.act({ id, action: { kind: 'join', node: 8 } })).rejects.toMatchObject({ code: 'PLACE_TAKEN' })
  await expect(service.act({ id: '9', action: { kind: 'pause' } })).rejects.toMatchObject({
    code: 'NO_SUCH_DEMONSTRATION',
  })
  expect(() => service.picture.watch({ id: '9' }, () => undefined)).toThrow()
  await sim.stop()
})

test('actions are checked before they arrive', () => {
  const { args } = demonstration.calls.act
  const fits = (action: unknown) => args.safeParse({ id: '1', action }).success
  expect(fits({ kind: 'join', node: 63 })).toBe(true)
  for (const bad of [
    { kind: 'join', node: 64 },
    { kind: 'join', node: -1 },
    { kind: 'join', node: 1.5 },
    { kind: 'play', speed: 1_000 },
    { kind: 'play', speed: Number.NaN },
    { kind: 'another', seed: -1 },
    { kind: 'lookup', from: 8 },
    { kind: 'format' },
  ])
    expect(fits(bad)).toBe(false)
})
