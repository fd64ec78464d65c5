/** The one row that says where chain.db stands: tip, totals, mode. Read once and kept; written with what it speaks of. */
import type { Database, SqlRow, Statement } from '../../kernel/database.ts'
import { bytesIn, countIn, flagIn, optionalCountIn, optionalTextIn, textIn } from '../../storage/checked-row.ts'
import type { ChainMode } from '../chain.ts'
import { HASH_BYTES } from '../primitives/hashes.ts'
import { type CoinTotals, NO_COINS } from './coin-table.ts'

export interface StoreState extends CoinTotals {
  /** Of the first block, 32 bytes. */
  readonly genesis: Uint8Array
  readonly mode: ChainMode
  /** Header id of the tip; undefined where nothing is connected. */
  readonly tip: number | undefined
  /** -1 where nothing is connected. */
  readonly tipHeight: number
  /** Lowest height from which on all blocks of the best chain are here. */
  readonly keptFrom: number
  readonly undoBytes: number
  /** Height up to which a rebuild has to connect blocks again; undefined where none is under way. */
  readonly rebuildTo: number | undefined
  /** Whether the last user closed it in order. */
  readonly clean: boolean
  /** What was found wrong while it was used. */
  readonly suspect: string | undefined
}

/** Of a store in which nothing is connected. */
export const NOTHING_CONNECTED = { tip: undefined, tipHeight: -1, keptFrom: 0, undoBytes: 0, ...NO_COINS } as const

const COLUMNS =
  'genesis, mode, tip, tip_height, kept_from, coins, coin_bytes, coin_check, supply, undo_bytes, rebuild_to, clean, suspect'

export class StateRow {
  readonly #replace: Statement
  #state: StoreState

  /** @throws RangeError where the row is not one */
  constructor(db: Database, row: SqlRow) {
    const places = COLUMNS.split(', ').map(() => '?')
    this.#replace = db.prepare(`INSERT OR REPLACE INTO state (id, ${COLUMNS}) VALUES (1, ${places.join(', ')})`)
    this.#state = stateOf(row)
  }

  /** The row of a new store. */
  static insert(db: Database, genesis: Uint8Array, mode: ChainMode): void {
    db.prepare(
      `INSERT INTO state (id, genesis, mode, tip_height, kept_from, coins, coin_bytes, coin_check, supply, undo_bytes, clean)
       VALUES (1, ?, ?, -1, 0, 0, 0, 0, 0, 0, 1)`,
    ).run(genesis, mode)
  }

  static select(db: Database): SqlRow | undefined {
    return db.prepare(`SELECT ${COLUMNS} FROM state WHERE id = 1`).get()
  }

  get current(): StoreState {
    return this.#state
  }

  /** Changes what is kept in memory; a `write` in the same transaction follows. */
  move(changes: Partial<StoreState>): void {
    this.#state = { ...this.#state, ...changes }
  }

  /** Writes the changes. Where the transaction around it is undone, `restore` must follow. */
  write(changes: Partial<StoreState>): void {
    const state = { ...this.#state, ...changes }
    this.#replace.run(
      state.genesis,
      state.mode,
      state.tip ?? null,
      state.tipHeight,
      state.keptFrom,
      state.coins,
      state.coinBytes,
      state.coinCheck,
      state.supply,
      state.undoBytes,
      state.rebuildTo ?? null,
      state.clean ? 1 : 0,
      state.suspect ?? null,
    )
    this.#state = state
  }

  /** What was kept in memory goes back to how it was. */
  restore(state: StoreState): void {
    this.#state = state
  }
}

function stateOf(row: SqlRow): StoreState {
  const mode = textIn(row, 'mode')
  if (mode !== 'archive' && mode !== 'pruned' && mode !== 'light') throw new RangeError(`${mode} is no mode`)
  const tipHeight = row.tip_height === -1 ? -1 : countIn(row, 'tip_height')
  return {
    genesis: bytesIn(row, 'genesis', HASH_BYTES),
    mode,
    tip: optionalCountIn(row, 'tip'),
    tipHeight,
    keptFrom: countIn(row, 'kept_from'),
    coins: countIn(row, 'coins'),
    coinBytes: countIn(row, 'coin_bytes'),
    coinCheck: countIn(row, 'coin_check'),
    supply: countIn(row, 'supply'),
    undoBytes: countIn(row, 'undo_bytes'),
    rebuildTo: optionalCountIn(row, 'rebuild_to'),
    clean: flagIn(row, 'clean'),
    suspect: optionalTextIn(row, 'suspect'),
  }
}
