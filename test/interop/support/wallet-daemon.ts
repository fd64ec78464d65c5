/** A daemon with a wallet, driven by the command line as a person would, secrets from files. */
import { writeFile } from 'node:fs/promises'
import { ChainDaemon } from './chain-daemon.ts'
import type { Line } from './shoal-command.ts'

export const PASSWORD = 'correct horse battery'

export class WalletDaemon extends ChainDaemon {
  #secrets = 0

  /** @returns the words, and the first address */
  async createWallet(): Promise<{ words: string; address: string }> {
    const { words, address } = await this.run('wallet', 'create', '--password-file', await this.secret(PASSWORD))
    return { words: String(words), address: String(address) }
  }

  async confirmWords(words: string): Promise<void> {
    const file = await this.secret(words)
    await this.run('wallet', 'confirm', '--words-file', file, '--password-file', await this.secret(PASSWORD))
  }

  async restoreWallet(words: string): Promise<void> {
    const file = await this.secret(words)
    await this.run('wallet', 'restore', '--words-file', file, '--password-file', await this.secret(PASSWORD))
  }

  async address(): Promise<string> {
    return String((await this.run('wallet', 'address')).address)
  }

  /** @returns the txid */
  async pay(address: string, amount: string, ...more: string[]): Promise<string> {
    const secret = ['--password-file', await this.secret(PASSWORD)]
    const { txid } = await this.run('wallet', 'send', address, amount, '--yes', ...secret, ...more)
    return String(txid)
  }

  async generate(blocks: number): Promise<Line> {
    const made = await this.run('miner', 'generate', String(blocks))
    await this.synced()
    return made
  }

  balance(): Promise<Line> {
    return this.run('wallet', 'balance')
  }

  /** Until the wallet has looked at every block. */
  synced(): Promise<Line> {
    return this.untilBalance('it has scanned all', ({ height, target }) => height === target)
  }

  untilBalance(what: string, fits: (balance: Line) => boolean): Promise<Line> {
    return this.until(what, (line) => line.state === 'ready' && fits(line), 'wallet', 'balance')
  }

  /** Newest first, without what differs from one machine to another. */
  async history(): Promise<readonly { txid: string; kind: string; status: string; delta: string; height: unknown }[]> {
    const { rows } = await this.rows('wallet', 'history', '--limit', '200')
    return rows.map(({ txid, kind, status, delta, height }) => ({
      ...{ txid: String(txid), kind: String(kind), status: String(status), delta: String(delta), height },
    }))
  }

  /** Of one transaction in the history. */
  async statusOf(txid: string): Promise<string | undefined> {
    return (await this.history()).find((row) => row.txid === txid)?.status
  }

  /** Path of a file with the secret in it. */
  async secret(text: string): Promise<string> {
    const path = `${this.profile}-secret-${this.#secrets++}`
    await writeFile(path, `${text}\n`, { mode: 0o600 })
    return path
  }
}
