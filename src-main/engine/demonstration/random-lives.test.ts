/** Rings that people do anything to: every picture is as the contract says, no key is lost, and in the end all is in order. */
import { expect, test } from 'vitest'
import { demonstrationPicture, MAX_SPEED } from '#shared/contract/demonstration.ts'
import { MINUTE, SECOND } from '../../kernel/clock.ts'
import { pick } from '../../kernel/random.ts'
import type { DemonstrationAction, RingPicture } from '../../lab/demonstration/pictures.ts'
import { RingDemonstration } from '../../lab/demonstration/ring-demonstration.ts'
import { LIST_LENGTH } from '../../lab/demonstration/small-node.ts'
import { SeededRandom } from '../../simulation/random.ts'

const LIVES = process.env.SHOAL_LONG === '1' ? 100 : 6
const ACTIONS = 30
const PLACES = 64

/** What somebody might press now. Nobody goes where no more than `least` members are left. */
function anyAction({ nodes }: RingPicture, least: number, random: SeededRandom): DemonstrationAction {
  const members = nodes.filter(({ phase }) => phase === 'member').map(({ id }) => id)
  const free = Array.from({ length: PLACES }, (_, id) => id).filter((id) => nodes.every((node) => node.id !== id))
  const [from, key] = [pick(random, members), random.below(PLACES)]
  switch (random.below(6)) {
    case 0:
    case 1:
      return { kind: 'join', node: pick(random, free) }
    case 2:
      return members.length > least ? { kind: 'leave', node: from } : { kind: 'join', node: pick(random, free) }
    case 3:
      return members.length > least ? { kind: 'kill', node: from } : { kind: 'join', node: pick(random, free) }
    case 4:
      return { kind: 'lookup', from, key, routing: random.chance(0.5) ? 'fingers' : 'all' }
    default:
      return { kind: 'step', routine: random.chance(0.5) }
  }
}

/** @returns the ring after some minutes of rest. `seen` looks at every picture. */
function live(seed: number, least: number, seen: (picture: RingPicture) => void): RingPicture {
  const random = SeededRandom.of(seed).split('life')
  const example = new RingDemonstration()
  example.act({ kind: 'another', seed })
  const look = (): RingPicture => {
    const picture = example.picture()
    demonstrationPicture.parse({ ...picture, id: '1', playing: true, speed: MAX_SPEED })
    seen(picture)
    return picture
  }
  for (let i = 0; i < ACTIONS; i++) {
    const action = anyAction(look(), least, random)
    example.act(action)
    look()
    // Who dies is missed and its keys copied before the next one may: three at once could take all copies with them.
    for (let waited = 0; waited < (action.kind === 'kill' ? 90 : random.below(20)); waited += 5) {
      example.advance(5 * SECOND)
      look()
    }
  }
  example.advance(20 * MINUTE)
  return look()
}

const seeds = Array.from({ length: LIVES }, (_, seed) => [seed])

test.each(seeds)('life %i: nothing breaks, and every key is where it belongs in the end', (seed) => {
  const { ring, nodes, keys } = live(seed, LIST_LENGTH + 2, (picture) => expect(picture.ring).not.toBe('broken'))
  expect(ring).toBe('ideal')
  for (const key of keys) {
    const holders = nodes.filter(({ owns }) => owns.includes(key))
    const [first] = [...nodes].sort((a, b) => ((a.id - key + PLACES) % PLACES) - ((b.id - key + PLACES) % PLACES))
    expect(holders).toEqual([first])
  }
})

// Found by such a life: its list was dead, and it tried the nearest of the dead that it remembered again and again.
test('a ring smaller than its base, of which all that one knows has left at once, finds together again', () => {
  let wasBroken = false
  const { ring } = live(25, 3, (picture) => {
    wasBroken ||= picture.ring === 'broken'
  })
  expect({ ring, wasBroken }).toEqual({ ring: 'ideal', wasBroken: true })
})
