/** The examples of the mock: pictures that a test gives, and calls that are noted. */
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import type { DemonstrationAction, DemonstrationPicture } from '../client/types.ts'
import { generateRing, generateTree } from './generate-demonstration.ts'
import type { Call } from './mock-clients.ts'
import { Source } from './source.ts'

export interface MockDemonstration {
  /** Shows another picture of an example that is open. */
  show(picture: DemonstrationPicture): void
  /** It is no longer open. */
  lose(id: string): void
}

const GONE = { code: 'NO_SUCH_DEMONSTRATION', message: 'This example is no longer open. Open it again.' }

export function mockDemonstration(call: Call) {
  const open = new Map<string, Source<DemonstrationPicture>>()
  const listeners = new Map<string, FeedListener<DemonstrationPicture>>()
  let opened = 0
  const mock: MockDemonstration = {
    show: (picture) => open.get(picture.id)?.set([picture]),
    lose(id) {
      open.delete(id)
      listeners.get(id)?.failed(GONE)
    },
  }
  const client = {
    open: call('demonstration.open', ({ example }: { example: 'chord' | 'kademlia' }) => {
      const id = `${++opened}`
      open.set(id, new Source<DemonstrationPicture>([example === 'chord' ? generateRing(id) : generateTree(id)]))
      return { id }
    }),
    act: call('demonstration.act', ({ id, action }: { id: string; action: DemonstrationAction }) => {
      const picture = open.get(id)?.all[0]
      if (!picture) return
      if (action.kind === 'play') mock.show({ ...picture, playing: true, speed: action.speed })
      if (action.kind === 'pause') mock.show({ ...picture, playing: false })
    }),
    close: call('demonstration.close', ({ id }: { id: string }) => {
      open.delete(id)
    }),
    picture: (args: { id: string }, listener: FeedListener<DemonstrationPicture>): Unsubscribe => {
      const source = open.get(args.id)
      if (!source) {
        listener.failed(GONE)
        return () => undefined
      }
      listeners.set(args.id, listener)
      return source.feed(args, listener)
    },
  }
  return { mock, client }
}
