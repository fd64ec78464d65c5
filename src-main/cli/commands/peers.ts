import type { Clients } from '#shared/contract/index.ts'
import type { BanRow, ChainPeerRow, ContactRow, PeerRow } from '#shared/contract/peers.ts'
import { formatBytes, formatDateTime, formatPercent, formatRate } from '#shared/format.ts'
import { type CommandContext, command, UsageError } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { readOnce } from '../follow.ts'
import { withRunning } from '../profile-client.ts'
import { type Column, cut, table } from '../words.ts'

type Action = (clients: Clients, args: readonly string[], context: CommandContext) => Promise<void>

export const peers = command({
  name: 'peers',
  summary: 'who the Shoal that runs on the profile is connected to',
  positionals: ['list|contacts|chain|bans|disconnect|ban|unban', '[ADDRESS…]'],
  flags: {},
  examples: ['peers list', 'peers contacts', 'peers chain', 'peers disconnect 192.0.2.7:6881', 'peers ban 192.0.2.7'],
  run: async ({ positionals: [name = '', ...args] }, context) => {
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name as keyof typeof ACTIONS] : undefined
    if (!action) throw new UsageError(`There is no "peers ${name}"; use ${Object.keys(ACTIONS).join(', ')}.`)
    const lists = action === list || action === contacts || action === chain || action === bans
    if (lists && args.length > 0) throw new UsageError(`"peers ${name}" takes no arguments.`)
    if (!lists && args.length === 0) throw new UsageError(`Use: shoal peers ${name} ADDRESS …`)
    await withRunning(context, (clients) => action(clients, args, context))
  },
})

const ACTIONS = {
  list,
  contacts,
  chain,
  bans,
  disconnect,
  ban: each('banned', (clients, host) => clients.peers.ban({ host })),
  unban: each('unbanned', (clients, host) => clients.peers.unban({ host })),
} satisfies Readonly<Record<string, Action>>

const PEER_COLUMNS: readonly Column<PeerRow>[] = [
  { title: 'ADDRESS', align: 'left', cell: ({ address }) => address },
  { title: 'CLIENT', align: 'left', cell: ({ client }) => cut(client, 24) },
  { title: 'FROM', align: 'left', cell: ({ source }) => source },
  { title: 'HAS', align: 'right', cell: ({ progress }) => formatPercent(progress) },
  { title: 'DOWN', align: 'right', cell: ({ downRate }) => formatRate(downRate) },
  { title: 'UP', align: 'right', cell: ({ upRate }) => formatRate(upRate) },
  { title: 'TORRENT', align: 'left', cell: ({ torrentName }) => cut(torrentName, 40) },
]

const CONTACT_COLUMNS: readonly Column<ContactRow>[] = [
  { title: 'OVERLAY', align: 'left', cell: ({ overlay }) => overlay },
  { title: 'NODE', align: 'left', cell: ({ nodeId }) => nodeId },
  { title: 'ADDRESS', align: 'left', cell: ({ address }) => address },
  { title: 'STATE', align: 'left', cell: ({ state }) => state },
  { title: 'BITS', align: 'right', cell: ({ sharedBits }) => String(sharedBits) },
  { title: 'RTT', align: 'right', cell: ({ rtt }) => (rtt === undefined ? '' : `${Math.round(rtt)} ms`) },
]

const CHAIN_COLUMNS: readonly Column<ChainPeerRow>[] = [
  { title: 'ADDRESS', align: 'left', cell: ({ id }) => id },
  { title: 'DIRECTION', align: 'left', cell: ({ direction }) => direction },
  { title: 'STATE', align: 'left', cell: ({ state }) => state },
  { title: 'AGENT', align: 'left', cell: ({ userAgent }) => cut(userAgent, 24) },
  { title: 'HEIGHT', align: 'right', cell: ({ height }) => (height === undefined ? '' : String(height)) },
  { title: 'PING', align: 'right', cell: ({ ping }) => (ping === undefined ? '' : `${Math.round(ping)} ms`) },
  { title: 'RECEIVED', align: 'right', cell: ({ bytesReceived }) => formatBytes(bytesReceived) },
  { title: 'SENT', align: 'right', cell: ({ bytesSent }) => formatBytes(bytesSent) },
  { title: 'FROM', align: 'left', cell: ({ source }) => source },
  { title: 'DOES', align: 'left', cell: ({ activity }) => cut(activity, 40) },
]

const BAN_COLUMNS: readonly Column<BanRow>[] = [
  { title: 'ADDRESS', align: 'left', cell: ({ id }) => id },
  { title: 'SINCE', align: 'left', cell: ({ bannedAt }) => formatDateTime(bannedAt) },
]

function show<Row extends Readonly<Record<string, unknown>>>(
  out: CommandContext['out'],
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  none: string,
) {
  for (const row of rows) out.event('row', row)
  out.done({ rows: rows.length }, rows.length > 0 ? table(columns, rows) : none)
}

async function list(clients: Clients, _args: readonly string[], { out }: CommandContext): Promise<void> {
  show(out, await connected(clients), PEER_COLUMNS, 'Nobody is connected now.')
}

async function contacts(clients: Clients, _args: readonly string[], { out }: CommandContext): Promise<void> {
  const rows = await readOnce<ContactRow>((listener) => clients.peers.contacts(undefined, listener))
  show(out, rows, CONTACT_COLUMNS, 'No nodes are known yet; see: shoal overlay kademlia info')
}

async function chain(clients: Clients, _args: readonly string[], { out }: CommandContext): Promise<void> {
  show(out, await ofTheChain(clients), CHAIN_COLUMNS, 'No peers of the chain are connected; see: shoal chain info')
}

async function bans(clients: Clients, _args: readonly string[], { out }: CommandContext): Promise<void> {
  const rows = await readOnce<BanRow>((listener) => clients.peers.bans(undefined, listener))
  show(out, rows, BAN_COLUMNS, 'Nobody is banned.')
}

function ofTheChain(clients: Clients): Promise<readonly ChainPeerRow[]> {
  return readOnce((listener) => clients.peers.chain(undefined, listener))
}

function connected(clients: Clients): Promise<readonly PeerRow[]> {
  return readOnce((listener) => clients.peers.connected(undefined, listener))
}

/** Every connection to the address, or to any port of it: of torrents and of the chain. */
async function disconnect(clients: Clients, args: readonly string[], { out }: CommandContext): Promise<void> {
  const ofTorrents = (await connected(clients)).map(({ id, address }) => ({ id, address }))
  const ofChain = (await ofTheChain(clients)).map(({ id }) => ({ id, address: id }))
  const all = [...ofTorrents, ...ofChain]
  const chosen = args.flatMap((text) => {
    const found = all.filter(({ address }) => address === text || hostOf(address) === text)
    if (found.length === 0)
      throw new CommandError(
        { code: 'NO_SUCH_PEER', id: text },
        `Nobody at ${text} is connected; see: shoal peers list, shoal peers chain`,
      )
    return found
  })
  const once = new Map(chosen.map((peer) => [peer.id, peer]))
  for (const { id, address } of once.values()) {
    await clients.peers.disconnect({ id })
    out.event('disconnected', { id, address }, `disconnected ${address}`)
  }
  out.done({ disconnected: once.size }, '')
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '')
}

function each(word: string, act: (clients: Clients, host: string) => Promise<void>): Action {
  return async (clients, args, { out }) => {
    for (const host of args) {
      await act(clients, host)
      out.event(word, { host }, `${word} ${host}`)
    }
    out.done({ hosts: args }, '')
  }
}
