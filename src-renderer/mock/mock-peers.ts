/** The peers of the mock: disconnecting and banning take rows away, taking a ban back does not bring them again. */
import type { FeedListener, Unsubscribe } from '#shared/contract/service.ts'
import { ClientError } from '../client/client-error.ts'
import type { BanRow, ChainPeerRow, ContactRow, PeerRow } from '../client/types.ts'
import { hostOf } from '../peers/host.ts'
import type { Call } from './mock-clients.ts'
import { Source } from './source.ts'

export interface PeerOptions {
  readonly peers?: readonly PeerRow[]
  readonly contacts?: readonly ContactRow[]
  readonly bans?: readonly BanRow[]
  readonly chainPeers?: readonly ChainPeerRow[]
  readonly peersFeed?: 'ready' | 'loading' | 'failed'
}

export interface MockPeers {
  readonly connected: Source<PeerRow>
  readonly contacts: Source<ContactRow>
  readonly bans: Source<BanRow>
  readonly chain: Source<ChainPeerRow>
}

export function mockPeers(call: Call, options: PeerOptions) {
  const mock: MockPeers = {
    connected: new Source(options.peers ?? []),
    contacts: new Source(options.contacts ?? []),
    bans: new Source(options.bans ?? []),
    chain: new Source(options.chainPeers ?? []),
  }
  const { connected, bans, chain } = mock
  const may =
    <Item>(source: Source<Item>) =>
    (args: unknown, listener: FeedListener<Item>): Unsubscribe => {
      if (options.peersFeed === 'failed')
        listener.failed({ code: 'NO_ENGINE', message: 'The engine does not answer. Try again, or start Shoal again.' })
      return options.peersFeed && options.peersFeed !== 'ready' ? () => {} : source.feed(args, listener)
    }
  const client = {
    disconnect: call('peers.disconnect', ({ id }: { id: string }) => {
      if (![...connected.all, ...chain.all].some((row) => row.id === id))
        throw new ClientError('NO_SUCH_PEER', 'This peer is gone already. Nothing needs to be done.')
      connected.set(connected.all.filter((row) => row.id !== id))
      chain.set(chain.all.filter((row) => row.id !== id))
    }),
    ban: call('peers.ban', ({ host }: { host: string }) => {
      connected.set(connected.all.filter((row) => hostOf(row.address) !== host))
      chain.set(chain.all.filter((row) => hostOf(row.id) !== host))
      bans.set([...bans.all.filter((row) => row.id !== host), { id: host, bannedAt: Date.now() }])
    }),
    unban: call('peers.unban', ({ host }: { host: string }) => bans.set(bans.all.filter((row) => row.id !== host))),
    connected: may(mock.connected),
    contacts: may(mock.contacts),
    bans: may(mock.bans),
    chain: may(mock.chain),
  }
  return { mock, client }
}
