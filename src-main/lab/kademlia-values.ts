/** Items that are stored in a world of nodes, and asked for later. */
import { targetOf } from '../kademlia/item-target.ts'
import type { NodeId } from '../kademlia/node-id.ts'
import { utf8 } from '../kernel/bytes.ts'
import { MINUTE, type Millis } from '../kernel/clock.ts'
import type { ImmutableItem } from '../kernel/key-value-store.ts'
import type { MessageNetwork } from '../simulation/message-network.ts'
import type { SeededRandom } from '../simulation/random.ts'
import type { KademliaWorld } from './kademlia-world.ts'

const SPACING: Millis = 50
const LIMIT: Millis = 10 * MINUTE

/** Stores `count` small items from random nodes. @returns the targets of those that some node took */
export async function storeValues(
  world: KademliaWorld,
  network: MessageNetwork,
  count: number,
  random: SeededRandom,
): Promise<NodeId[]> {
  const stored: NodeId[] = []
  let open = 0
  for (let i = 0; i < count; i++) {
    const item: ImmutableItem = { kind: 'immutable', value: utf8(`i${random.below(2 ** 32)}e`) }
    open += 1
    world.pick().node.put(item, {}, ({ stored: copies }) => {
      open -= 1
      if (copies > 0) stored.push(targetOf(item))
    })
    await network.run(SPACING)
  }
  await network.until(LIMIT, () => open === 0)
  return stored
}

/** Asks random nodes for each. @returns how many were found */
export async function checkValues(
  world: KademliaWorld,
  network: MessageNetwork,
  targets: readonly NodeId[],
): Promise<number> {
  let [found, open] = [0, 0]
  for (const target of targets) {
    open += 1
    world.pick().node.get(target, {}, ({ item }) => {
      open -= 1
      if (item) found += 1
    })
    await network.run(SPACING)
  }
  await network.until(LIMIT, () => open === 0)
  return found
}
