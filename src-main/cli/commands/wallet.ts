import type { Clients } from '#shared/contract/index.ts'
import { type CommandContext, command, UsageError } from '../command.ts'
import { confirm, create, lock, passwd, restore, unlock } from '../wallet/keys.ts'
import { WALLET_FLAGS, type WalletLine } from '../wallet/line.ts'
import {
  abandon,
  address,
  balance,
  bump,
  coins,
  cpfp,
  fees,
  freeze,
  info,
  rebroadcast,
  send,
  unfreeze,
} from '../wallet/money.ts'
import {
  addresses,
  backup,
  contacts,
  exportTo,
  history,
  importLabels,
  label,
  lookFurther,
  putAside,
  rescan,
  usePrevious,
} from '../wallet/records.ts'
import { withChain } from '../with-chain.ts'

type Flag = keyof typeof WALLET_FLAGS

interface Action {
  readonly run: (line: WalletLine, clients: Clients, context: CommandContext) => Promise<void>
  /** Arguments after its name, at most. */
  readonly takes: number
  readonly flags: readonly Flag[]
}

const PAYING: readonly Flag[] = ['target', 'fee-rate', 'yes', 'password-file']
const PAGING: readonly Flag[] = ['limit', 'offset']

const ACTIONS: Readonly<Record<string, Action>> = {
  create: { run: create, takes: 0, flags: ['words', 'language', 'passphrase-file', 'password-file'] },
  confirm: { run: confirm, takes: 0, flags: ['words-file', 'password-file'] },
  restore: { run: restore, takes: 0, flags: ['words-file', 'passphrase-file', 'password-file', 'birthday'] },
  unlock: { run: unlock, takes: 0, flags: ['password-file'] },
  lock: { run: lock, takes: 0, flags: [] },
  passwd: { run: passwd, takes: 0, flags: ['password-file', 'new-password-file'] },
  info: { run: info, takes: 0, flags: [] },
  balance: { run: balance, takes: 0, flags: [] },
  address: { run: address, takes: 0, flags: ['label', 'amount', 'message'] },
  addresses: { run: addresses, takes: 0, flags: [...PAGING, 'change'] },
  fees: { run: fees, takes: 0, flags: [] },
  send: { run: send, takes: 2, flags: [...PAYING, 'to', 'coin', 'label'] },
  bump: { run: bump, takes: 1, flags: PAYING },
  cpfp: { run: cpfp, takes: 1, flags: PAYING },
  abandon: { run: abandon, takes: 1, flags: [] },
  rebroadcast: { run: rebroadcast, takes: 1, flags: [] },
  history: { run: history, takes: 0, flags: [...PAGING, 'search'] },
  coins: { run: coins, takes: 0, flags: PAGING },
  freeze: { run: freeze, takes: 1, flags: [] },
  unfreeze: { run: unfreeze, takes: 1, flags: [] },
  label: { run: label, takes: 2, flags: [] },
  contacts: { run: contacts, takes: 4, flags: [] },
  rescan: { run: rescan, takes: 0, flags: ['from'] },
  'look-further': { run: lookFurther, takes: 1, flags: [] },
  export: { run: exportTo, takes: 0, flags: ['format', 'file'] },
  import: { run: importLabels, takes: 0, flags: ['file'] },
  backup: { run: backup, takes: 0, flags: ['file'] },
  'put-aside': { run: putAside, takes: 0, flags: ['yes'] },
  'use-previous': { run: usePrevious, takes: 0, flags: [] },
}

export const wallet = command({
  name: 'wallet',
  summary: 'the wallet of the Shoal that runs on the profile',
  positionals: [Object.keys(ACTIONS).join('|'), '[ARGUMENT…]'],
  flags: WALLET_FLAGS,
  examples: [
    'wallet create',
    'wallet address --label rent',
    'wallet send shl1q… 12.5',
    'wallet send shl1q… everything --fee-rate 2',
    'wallet bump 3f2a… --target 1',
    'wallet history --search rent',
    'wallet export --format labels --file labels.jsonl',
  ],
  run: async ({ positionals: [name = '', ...rest], flags }, context) => {
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
    if (!action) throw new UsageError(`There is no "wallet ${name}"; use ${Object.keys(ACTIONS).join(', ')}.`)
    if (rest.length > action.takes) throw new UsageError(`One argument too many for "wallet ${name}".`)
    const stray = (Object.keys(WALLET_FLAGS) as Flag[]).find(
      (flag) => isGiven(flags[flag]) && !action.flags.includes(flag),
    )
    if (stray) throw new UsageError(`--${stray} is not for "wallet ${name}". See: shoal wallet --help`)
    await withChain(context, (clients) => action.run({ positionals: rest, flags }, clients, context))
  },
})

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}
