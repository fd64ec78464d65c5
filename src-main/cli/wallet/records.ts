/** What the wallet remembers: history, addresses, labels, contacts; copies of it; and looking through the chain again. */
import type { Clients } from '#shared/contract/index.ts'
import { formatCount, formatPlural } from '#shared/format.ts'
import { utf8 } from '../../kernel/bytes.ts'
import { withAmounts } from '../amounts.ts'
import { type CommandContext, UsageError } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { integerOf, pathOf, wordOf } from '../values.ts'
import { LOCAL_ONLY, withHost } from '../with-host.ts'
import type { WalletLine } from './line.ts'
import { addressesTable, contactsTable, historyTable } from './text.ts'

const PAGE = { min: 1, max: 200 }
const ALL = { min: 0, max: 4_294_967_295 }
const MORE = { min: 1, max: 1_000 }
/** Labels of many years. */
const MAX_IMPORT_BYTES = 16_000_000

export function pageOf({ limit, offset }: WalletLine['flags']): { limit?: number; offset?: number } {
  return {
    ...(limit !== undefined && { limit: integerOf(limit, '--limit', PAGE) }),
    ...(offset !== undefined && { offset: integerOf(offset, '--offset', ALL) }),
  }
}

export async function history({ flags }: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const { search } = flags
  const { rows, total } = await clients.wallet.history({ ...pageOf(flags), ...(search !== undefined && { search }) })
  for (const row of rows) out.event('row', { ...withAmounts(row), txid: row.id })
  out.done({ rows: rows.length, total }, rows.length === 0 ? 'Nothing yet.' : historyTable(rows))
}

export async function addresses({ flags }: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const { rows, total } = await clients.wallet.addresses({
    ...pageOf(flags),
    chain: flags.change ? 'change' : 'receive',
  })
  for (const row of rows) out.event('row', { ...withAmounts(row), address: row.id })
  out.done({ rows: rows.length, total }, rows.length === 0 ? 'None was handed out.' : addressesTable(rows))
}

/** `label TXID|ADDRESS|TXID:N TEXT`; without a text it is removed. */
export async function label({ positionals }: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const [ref = '', text = ''] = positionals
  if (ref === '') throw new UsageError('Use: shoal wallet label TXID|ADDRESS|TXID:N [TEXT]')
  const type = /^[0-9a-f]{64}$/.test(ref) ? 'tx' : /^[0-9a-f]{64}:\d+$/.test(ref) ? 'output' : 'addr'
  await clients.wallet.setLabel({ type, ref, label: text })
  out.done({ type, ref, label: text }, text === '' ? 'The label is gone.' : 'Labelled.')
}

/** `contacts`, `contacts add NAME ADDRESS [NOTE]`, `contacts remove ID`. */
export async function contacts({ positionals }: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const [action = 'list', first, second, note = ''] = positionals
  wordOf(action, 'contacts', ['list', 'add', 'remove'])
  if (action === 'list') {
    const rows = await clients.wallet.contacts()
    for (const row of rows) out.event('row', { ...row })
    out.done({ rows: rows.length }, rows.length === 0 ? 'There are none.' : contactsTable(rows))
  } else if (action === 'add') {
    if (first === undefined || second === undefined)
      throw new UsageError('Use: shoal wallet contacts add NAME ADDRESS [NOTE]')
    const row = await clients.wallet.setContact({ name: first, address: second, note })
    out.done({ ...row }, `${row.name} is a contact now (${row.id}).`)
  } else {
    if (first === undefined) throw new UsageError('Use: shoal wallet contacts remove ID')
    if (!/^[0-9a-f]{16}$/.test(first))
      throw new UsageError('A contact is named by its 16 hex digits; see: shoal wallet contacts')
    await clients.wallet.removeContact({ id: first })
    out.done({ id: first }, 'Removed.')
  }
}

export async function rescan({ flags }: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  const from = flags.from === undefined ? {} : { from: integerOf(flags.from, '--from', ALL) }
  await clients.wallet.rescan(from)
  const which = from.from === undefined ? 'All blocks' : `Blocks from ${formatCount(from.from)} on`
  out.done({ ...from }, `${which} are looked through again; how far it is: shoal wallet info`)
}

export async function lookFurther(
  { positionals }: WalletLine,
  clients: Clients,
  { out }: CommandContext,
): Promise<void> {
  const more = positionals[0] === undefined ? {} : { more: integerOf(positionals[0], 'N', MORE) }
  await clients.wallet.lookFurther(more)
  out.done({ ...more }, 'Further addresses are looked for; how far it is: shoal wallet info')
}

export async function exportTo({ flags }: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  const format = wordOf(flags.format ?? 'csv', '--format', ['csv', 'labels'])
  const pages = format === 'csv' ? historyPages(clients) : labelPages(clients)
  if (flags.file === undefined) {
    let text = ''
    for await (const page of pages) text += page
    context.out.done({ format, text }, text.trimEnd())
    return
  }
  // Asked for before the file is made: what is refused leaves none.
  const first = await pages.next()
  let lines = 0
  const path = pathOf(flags.file, context.workingDirectory)
  await withHost(context, LOCAL_ONLY, async ({ files }) => {
    const handle = await files.open(path, 'exclusive').catch(() => {
      throw new CommandError(
        { code: 'FILES_EXIST', path },
        `${path} cannot be made or is there already; name another file.`,
      )
    })
    try {
      let at = 0
      for (let page = first; !page.done; page = await pages.next()) {
        const bytes = utf8(page.value)
        await handle.write(bytes, at)
        at += bytes.length
        lines += page.value.split('\n').length - 1
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
  context.out.done({ format, file: path, lines }, `${formatPlural(lines, 'line')} in ${path}`)
}

async function* historyPages({ wallet }: Clients): AsyncGenerator<string, void> {
  let from: number | undefined
  do {
    const { text, next } = await wallet.exportHistory(from === undefined ? {} : { from })
    yield text
    from = next
  } while (from !== undefined)
}

async function* labelPages({ wallet }: Clients): AsyncGenerator<string, void> {
  yield (await wallet.exportLabels()).text
}

export async function importLabels({ flags }: WalletLine, clients: Clients, context: CommandContext): Promise<void> {
  if (flags.file === undefined) throw new UsageError('Use: shoal wallet import --file FILE')
  const path = pathOf(flags.file, context.workingDirectory)
  const text = await withHost(context, LOCAL_ONLY, async ({ files }) => {
    const handle = await files.open(path, 'read')
    try {
      const { size } = await handle.stat()
      if (size > MAX_IMPORT_BYTES)
        throw new CommandError({ code: 'TOO_LARGE', path }, `${path} is too large for labels; name another file.`)
      const buffer = new Uint8Array(size)
      return new TextDecoder().decode(buffer.subarray(0, await handle.read(buffer, 0)))
    } finally {
      await handle.close()
    }
  })
  const { taken, ignored } = await clients.wallet.importLabels({ text })
  context.out.done(
    { taken, ignored },
    `${formatPlural(taken, 'label')} taken, ${formatPlural(ignored, 'line')} left out.`,
  )
}

export async function backup(
  { flags }: WalletLine,
  clients: Clients,
  { out, workingDirectory }: CommandContext,
): Promise<void> {
  if (flags.file === undefined) throw new UsageError('Use: shoal wallet backup --file FILE')
  const path = pathOf(flags.file, workingDirectory)
  await clients.wallet.backup({ path })
  out.done({ file: path }, `A copy of the wallet is at ${path}; it opens with the password of today.`)
}

export async function putAside({ flags }: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  if (flags.yes !== true) {
    const message =
      'This Shoal would have no wallet until one is made or restored; the file is kept aside. Add --yes to do it.'
    throw new CommandError({ code: 'NOT_CONFIRMED' }, message)
  }
  const { path } = await clients.wallet.putAside()
  out.done({ file: path }, `The wallet is at ${path} now; make another or restore one from its words.`)
}

export async function usePrevious(_line: WalletLine, clients: Clients, { out }: CommandContext): Promise<void> {
  await clients.wallet.usePrevious()
  out.done({}, 'The previous generation of the wallet is in place; the damaged file is kept aside.')
}
