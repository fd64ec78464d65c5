import { hashText } from '#shared/contract/chain.ts'
import type { Clients } from '#shared/contract/index.ts'
import { fromHex } from '../../kernel/bytes.ts'
import { withAmounts } from '../amounts.ts'
import { addressText, blocksText, blockText, infoText, mempoolText, transactionText } from '../chain-text.ts'
import { changeMode, MODES, rebuildChain } from '../chain-upkeep.ts'
import { type CommandContext, command, type Flags, UsageError, type ValuesOf } from '../command.ts'
import { endpointOf, integerOf, wordOf } from '../values.ts'
import { withChain } from '../with-chain.ts'
import { type Column, table } from '../words.ts'

const FLAGS = {
  limit: { type: 'string', value: 'N', summary: 'block, blocks, address, headers, mempool: how many at most' },
  offset: { type: 'string', value: 'N', summary: 'block, address, mempool: after so many of them' },
  yes: { type: 'boolean', summary: 'mode: also where something is removed or downloaded again' },
} as const satisfies Flags

interface Line {
  readonly argument: string | undefined
  readonly flags: ValuesOf<typeof FLAGS>
}
type Work = (clients: Clients, context: CommandContext) => Promise<void>
/** Reads its part of the line before anything is asked. @throws UsageError */
type Action = (line: Line) => Work

const PAGE = { min: 1, max: 100 }
const HEADERS = { min: 1, max: 2_000 }
const DEFAULT_HEADERS = 20
const HIGHEST = { min: 0, max: 4_294_967_295 }
/** Bytes: more than a block could hold. */
const MAX_TRANSACTION_BYTES = 1_000_000
const HEX = /^([0-9a-f]{2})+$/i

export const chain = command({
  name: 'chain',
  summary: 'the chain of the Shoal that runs on the profile',
  positionals: [
    'info|blocks|block|tx|address|headers|mempool|search|connect|rebuild|mode|submit',
    '[ID|TXID|A|FROM|HOST:PORT|MODE|HEX|TEXT]',
  ],
  flags: FLAGS,
  examples: [
    'chain info',
    'chain blocks',
    'chain block 100',
    'chain tx 3f2a…',
    'chain address shl1q…',
    'chain connect 192.0.2.7:9533',
    'chain mode pruned --yes',
  ],
  run: async ({ positionals: [name = '', argument], flags }, context) => {
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name as keyof typeof ACTIONS] : undefined
    if (!action) throw new UsageError(`There is no "chain ${name}"; use ${Object.keys(ACTIONS).join(', ')}.`)
    checkArgument(name as keyof typeof ACTIONS, argument)
    checkFlags(name as keyof typeof ACTIONS, flags)
    const work = action({ argument, flags })
    await withChain(context, (clients) => work(clients, context))
  },
})

const ACTIONS = {
  info: () => info,
  blocks,
  block,
  tx,
  address,
  headers,
  mempool,
  search,
  connect,
  rebuild: () => rebuildChain,
  mode,
  submit,
} satisfies Readonly<Record<string, Action>>

type Name = keyof typeof ACTIONS

/** What each takes; those in brackets may be left out. */
const ARGUMENTS: Readonly<Partial<Record<Name, string>>> = {
  blocks: '[FROM]',
  block: 'ID',
  tx: 'TXID',
  address: 'A',
  headers: '[FROM]',
  search: 'TEXT',
  connect: 'HOST:PORT',
  mode: '[archive|pruned|light]',
  submit: 'HEX',
}

const FLAGS_OF: Readonly<Partial<Record<Name, readonly (keyof typeof FLAGS)[]>>> = {
  blocks: ['limit'],
  block: ['limit', 'offset'],
  address: ['limit', 'offset'],
  headers: ['limit'],
  mempool: ['limit', 'offset'],
  mode: ['yes'],
}

function checkArgument(name: Name, argument: string | undefined): void {
  const taken = ARGUMENTS[name]
  if (taken === undefined && argument !== undefined) throw new UsageError(`"chain ${name}" takes no argument.`)
  if (taken !== undefined && !taken.startsWith('[') && !argument?.trim())
    throw new UsageError(`Use: shoal chain ${name} ${taken}`)
}

function checkFlags(name: Name, flags: Line['flags']): void {
  const named = Object.keys(FLAGS) as (keyof typeof FLAGS)[]
  const stray = named.find((flag) => flags[flag] !== undefined && !FLAGS_OF[name]?.includes(flag))
  if (stray) throw new UsageError(`--${stray} is not for "chain ${name}". See: shoal chain --help`)
}

function pageOf({ limit, offset }: Line['flags']): { limit?: number; offset?: number } {
  return {
    ...(limit !== undefined && { limit: integerOf(limit, '--limit', PAGE) }),
    ...(offset !== undefined && { offset: integerOf(offset, '--offset', HIGHEST) }),
  }
}

function hashOf(text: string, what: string): string {
  const hash = hashText.safeParse(text.toLowerCase())
  if (!hash.success) throw new UsageError(`${what} is 64 hex digits; "${text}" is not.`)
  return hash.data
}

async function info(clients: Clients, { out }: CommandContext): Promise<void> {
  const state = await clients.chain.info()
  out.done(withAmounts(state), infoText(state))
}

function blocks({ argument, flags }: Line): Work {
  const from = argument === undefined ? {} : { from: integerOf(argument, 'FROM', HIGHEST) }
  const { limit } = pageOf(flags)
  return async (clients, { out }) => {
    const rows = await clients.chain.blocks({ ...from, ...(limit !== undefined && { limit }) })
    for (const row of rows) out.event('row', withAmounts(row))
    out.done({ rows: rows.length }, blocksText(rows))
  }
}

function block({ argument = '', flags }: Line): Work {
  const id = /^\d{1,10}$/.test(argument)
    ? integerOf(argument, 'ID', HIGHEST)
    : hashOf(argument, 'ID is a height, or the hash of a block: it')
  const range = pageOf(flags)
  return async (clients, { out }) => {
    const found = await clients.chain.block({ id })
    const kept = found.contents === 'kept'
    const rows = kept ? await clients.chain.blockTransactions({ hash: found.id, ...range }) : []
    for (const row of rows) out.event('row', withAmounts(row))
    out.done(withAmounts(found), blockText(found, rows))
  }
}

function tx({ argument = '' }: Line): Work {
  const txid = hashOf(argument, 'TXID')
  return async (clients, { out }) => {
    const page = await clients.chain.transaction({ txid })
    out.done(withAmounts(page), transactionText(page))
  }
}

function address({ argument = '', flags }: Line): Work {
  const range = pageOf(flags)
  return async (clients, { out }) => {
    const page = await clients.chain.address({ address: argument, ...range })
    out.done(withAmounts(page), addressText(page))
  }
}

type HeaderLine = Awaited<ReturnType<Clients['chain']['headers']>>[number]
const HEADER_COLUMNS: readonly Column<HeaderLine>[] = [
  { title: 'HEIGHT', align: 'right', cell: ({ height }) => String(height) },
  { title: 'HASH', align: 'left', cell: ({ id }) => id },
  { title: 'BITS', align: 'left', cell: ({ bits }) => bits },
  { title: 'HEADER', align: 'left', cell: ({ hex }) => hex },
]

/** The newest ones, unless it is said from where. */
function headers({ argument, flags }: Line): Work {
  const from = argument === undefined ? undefined : integerOf(argument, 'FROM', HIGHEST)
  const limit = flags.limit === undefined ? DEFAULT_HEADERS : integerOf(flags.limit, '--limit', HEADERS)
  return async (clients, { out }) => {
    const start = from ?? Math.max(0, (await clients.chain.info()).headers - limit + 1)
    const rows = await clients.chain.headers({ from: start, limit })
    for (const row of rows) out.event('row', row)
    out.done({ rows: rows.length }, rows.length > 0 ? table(HEADER_COLUMNS, rows) : 'No headers there.')
  }
}

function mempool({ flags }: Line): Work {
  const range = pageOf(flags)
  return async (clients, { out }) => {
    const { newest, ...state } = await clients.chain.mempool(range)
    for (const row of newest) out.event('row', withAmounts(row))
    out.done(withAmounts(state), mempoolText(state, newest))
  }
}

const SHOWN_BY = { block: 'block', transaction: 'tx', address: 'address' } as const

function search({ argument = '' }: Line): Work {
  return async (clients, { out }) => {
    const found = await clients.chain.search({ text: argument })
    out.done({ ...found }, `${found.kind} ${found.id}\nSee: shoal chain ${SHOWN_BY[found.kind]} ${found.id}`)
  }
}

function connect({ argument = '' }: Line): Work {
  const { host, port } = endpointOf(argument, 'HOST:PORT', 1)
  const endpoint = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return async (clients, { out }) => {
    await clients.chain.connect({ endpoint })
    out.done({ endpoint }, `Keeps to ${endpoint} from now on. See: shoal peers chain`)
  }
}

function mode({ argument, flags }: Line): Work {
  if (argument === undefined && flags.yes === true)
    throw new UsageError('Use: shoal chain mode archive|pruned|light --yes')
  const wanted = argument === undefined ? undefined : wordOf(argument, 'the mode', MODES)
  return (clients, context) => changeMode(clients, wanted, flags.yes === true, context)
}

function submit({ argument = '' }: Line): Work {
  if (!HEX.test(argument) || argument.length > 2 * MAX_TRANSACTION_BYTES)
    throw new UsageError('HEX is a transaction with its witnesses, as hex digits.')
  return async (clients, { out }) => {
    const { txid } = await clients.chain.submit({ transaction: fromHex(argument).slice() })
    out.done({ txid }, `Taken into the mempool and passed on: ${txid}`)
  }
}
