/** Chord's example: opens as the literature draws it, and does what a person asks of it. */
import type { Millis } from '../../kernel/clock.ts'
import { type Random, shuffled } from '../../kernel/random.ts'
import { SeededRandom } from '../../simulation/random.ts'
import { DemonstrationError } from './demonstration-error.ts'
import { LITERATURE_KEYS, LITERATURE_NODES, RING_PLACES } from './literature.ts'
import type { Demonstration, DemonstrationAction, RingPicture } from './pictures.ts'
import { type RingShape, SmallRing } from './small-ring.ts'

/** Of messages' delays and of who does what when. Any would do. */
const LITERATURE_SEED = 6
const LITERATURE: RingShape = { seed: LITERATURE_SEED, nodes: LITERATURE_NODES, keys: LITERATURE_KEYS }
/** Nodes of another ring: from the first to the second. */
const ANOTHER_NODES = [6, 12] as const
const ANOTHER_KEYS = 16

export class RingDemonstration implements Demonstration {
  /** Upkeep never ends. */
  readonly isOver = false
  private ring = new SmallRing(LITERATURE)

  act(action: DemonstrationAction): void {
    const { ring } = this
    switch (action.kind) {
      case 'step':
        ring.step(action.routine)
        break
      case 'join':
        checkPlace(action.node)
        ring.join(action.node)
        break
      case 'leave':
        ring.leave(action.node)
        break
      case 'kill':
        ring.kill(action.node)
        break
      case 'lookup':
        checkPlace(action.key)
        ring.lookUp(action.from, action.key, action.routing ?? 'fingers')
        break
      case 'reset':
        this.ring = new SmallRing(LITERATURE)
        break
      case 'another':
        this.ring = new SmallRing(anotherRing(action.seed))
    }
  }

  advance(duration: Millis): void {
    this.ring.advance(duration)
  }

  picture(): RingPicture {
    return this.ring.picture()
  }
}

/** Nodes and keys at places of their own; the same for the same seed. */
export function anotherRing(seed: number): RingShape {
  const random = SeededRandom.of(seed).split('another ring')
  const [fewest, most] = ANOTHER_NODES
  const places = (count: number, luck: Random) =>
    shuffled(
      luck,
      Array.from({ length: RING_PLACES }, (_, place) => place),
    ).slice(0, count)
  const nodes = places(fewest + random.below(most - fewest + 1), random)
  return { seed, nodes: nodes.sort((a, b) => a - b), keys: places(ANOTHER_KEYS, random) }
}

function checkPlace(place: number): void {
  if (!Number.isInteger(place) || place < 0 || place >= RING_PLACES)
    throw new DemonstrationError({ code: 'NO_SUCH_NODE', node: place })
}
