/** wallet.db while it is open: its tables, and what is done to several of them at once. */
import type { Database } from '../../kernel/database.ts'
import { AccountRepository } from './account-repository.ts'
import { AddressRepository } from './address-repository.ts'
import { LabelRepository } from './label-repository.ts'
import { ScanRepository } from './scan-repository.ts'
import { TransactionRepository } from './transaction-repository.ts'

export class WalletStore {
  readonly accounts: AccountRepository
  readonly transactions: TransactionRepository
  readonly scans: ScanRepository
  readonly addresses: AddressRepository
  readonly labels: LabelRepository
  readonly database: Database

  constructor(database: Database) {
    this.database = database
    this.accounts = new AccountRepository(database)
    this.transactions = new TransactionRepository(database)
    this.scans = new ScanRepository(database)
    this.addresses = new AddressRepository(database)
    this.labels = new LabelRepository(database)
  }

  /** All of `work` or nothing of it; on the medium when this returns. */
  transaction<T>(work: () => T): T {
    return this.database.transaction(work)
  }

  close(): void {
    this.database.close()
  }
}
