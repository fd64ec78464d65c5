/**
 * Payments: planned and shown, then signed and sent as they were shown. What is sent is in wallet.db before anybody is
 * offered it; what our own node refuses is taken back, so that its coins are free. What the node could not be asked stays,
 * and is offered when it can be: a person who sent once must not send twice.
 */
import type { FeeChoice, PaymentDraft, PaymentPlan } from '#shared/contract/wallet.ts'
import { type AddressPrefixes, scriptOfAddress } from '../../chain/address/address.ts'
import { AddressError } from '../../chain/address/address-error.ts'
import { networks } from '../../chain/consensus/networks.ts'
import type { NodeChain } from '../../chain/node/node-chain.ts'
import { displayHash } from '../../chain/primitives/hashes.ts'
import type { Outpoint, Transaction } from '../../chain/primitives/transaction.ts'
import { type Clock, SECOND } from '../../kernel/clock.ts'
import { codeOf } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Random } from '../../kernel/random.ts'
import { planBump } from '../../wallet/spending/plan-bump.ts'
import { planChild } from '../../wallet/spending/plan-child.ts'
import { planPayment } from '../../wallet/spending/plan-payment.ts'
import { isOutdated, signingRequestOf, withWitnesses } from '../../wallet/spending/signing.ts'
import { whichIsPossible } from '../../wallet/spending/speed-up.ts'
import type { SpendingPlan } from '../../wallet/spending/spending-types.ts'
import type { Vault } from '../../wallet/vault/vault.ts'
import type { WalletBook } from '../../wallet/wallet-book.ts'
import { WalletError } from '../../wallet/wallet-error.ts'
import { curveVerifier } from './curve-verifier.ts'
import { feeDecisionOf } from './fee-choice.ts'
import { PlanBook } from './plan-book.ts'
import { readOutpoint, readTxid } from './references.ts'
import { type Names, shownPlan } from './shown-plan.ts'
import { badAddress, noSuchContact, severalContacts, WalletServiceError } from './wallet-error.ts'
import type { WalletHost } from './wallet-host.ts'

/** Characters of the shortest text that some coin takes for an address: what is shorter was meant as a name. */
const SHORTEST_ADDRESS = 26

export interface PaymentsParts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly host: WalletHost
  readonly vault: Pick<Vault, 'sign'>
  /** @throws ChainServiceError where there is none */
  readonly chain: () => NodeChain
}

interface KeptPlan {
  readonly plan: SpendingPlan
  /** Made from this one: another wallet has other coins. */
  readonly wallet: WalletBook
  /** What the transaction will be called. */
  readonly label: string
}

export class Payments {
  readonly #parts: PaymentsParts
  readonly #plans = new PlanBook<KeptPlan>()
  /** One is signed and sent at a time: two may want the same coins. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: PaymentsParts) {
    this.#parts = parts
  }

  /** @throws SpendingError, WalletServiceError, PaymentUriError, ChainServiceError */
  async plan({ recipients, fee, coins }: PaymentDraft): Promise<PaymentPlan> {
    const { host, random, chain } = this.#parts
    const targets = recipients.map(({ to, amount, label = '' }) => {
      const address = this.#addressOf(to)
      return { address, amount, label, script: scriptOfAddress(address, this.#prefixes) }
    })
    const decision = await feeDecisionOf(fee, chain)
    const wallet = host.ready()
    const plan = planPayment(
      {
        recipients: targets.map(({ script, amount }) => ({ script, amount })),
        fee: decision,
        ...(coins && { coins: coins.map((coin): Outpoint => readOutpoint(coin)) }),
      },
      wallet.spendingView(),
      random,
    )
    const labels = targets.map(({ label }) => label)
    const label = [...new Set(labels.filter((each) => each !== ''))].join(', ')
    return this.#keep({ plan, wallet, label }, (place) => labels[place] ?? '')
  }

  /** @throws SpendingError `NOT_TO_BE_SPED_UP` and those of `plan`; WalletError `NO_SUCH_TRANSACTION` */
  async planFaster(txid: string, fee: FeeChoice, how: 'bump' | 'child' | undefined): Promise<PaymentPlan> {
    const { host, random, chain } = this.#parts
    const id = readTxid(txid)
    const known = host.ready().transaction(id)
    if (known === undefined) throw new WalletError({ code: 'NO_SUCH_TRANSACTION', txid })
    const decision = await feeDecisionOf(fee, chain)
    const wallet = host.ready()
    const view = wallet.spendingView()
    const chosen = how ?? whichIsPossible(id, view).how ?? 'bump'
    const plan = (chosen === 'bump' ? planBump : planChild)(id, decision, view, random)
    const label = chosen === 'bump' ? wallet.labelOf('tx', txid) : ''
    return this.#keep({ plan, wallet, label }, (_, address) => wallet.labelOf('addr', address))
  }

  /** The txid. @throws WalletServiceError `PLAN_OUTDATED`, `TRANSACTION_REFUSED`, VaultError, SpendingError `SIGNED_WRONG` */
  send(id: number): Promise<string> {
    const sending = this.#last.then(() => this.#send(id))
    this.#last = sending.catch(() => undefined)
    return sending
  }

  /** @throws WalletServiceError `TRANSACTION_REFUSED`, WalletError */
  async rebroadcast(txid: string): Promise<void> {
    const { host, chain } = this.#parts
    chain()
    const wallet = host.ready()
    const own = wallet.rebroadcast(readTxid(txid))
    host.changed()
    const outcome = await host.follower?.offer(own)
    if (outcome?.status === 'known') host.announceAgain(own)
    if (outcome?.status !== 'refused') return
    wallet.setRefused(own.txid, outcome.reason)
    host.changed()
    throw new WalletServiceError({ code: 'TRANSACTION_REFUSED', reason: outcome.reason })
  }

  /** Settles when nothing is being sent any more. */
  async settled(): Promise<void> {
    await this.#last
  }

  get #prefixes(): AddressPrefixes {
    return networks[this.#parts.host.network].addresses
  }

  async #send(id: number): Promise<string> {
    const { clock, host, vault, chain } = this.#parts
    // Without a chain nothing is signed: what nobody can be offered should not wait signed for a day that nobody knows.
    chain()
    const { plan, wallet, label } = this.#upToDate(id)
    const signed = withWitnesses(plan, await vault.sign(signingRequestOf(plan)), curveVerifier)
    // Signing takes a while.
    this.#upToDate(id)
    this.#plans.remove(id)
    wallet.takeOwn(signed, Math.floor(clock.wallTime() / SECOND))
    const txid = displayHash(signed.txid)
    if (label !== '') this.#name(wallet, txid, label)
    host.changed()
    await this.#offer(wallet, signed)
    return txid
  }

  /** A payment that is kept goes out: were it refused for its label, a person would send it twice. */
  #name(wallet: WalletBook, txid: string, label: string): void {
    try {
      wallet.setLabel('tx', txid, label)
    } catch (error) {
      this.#parts.log.write('warn', 'payment without its label', { code: codeOf(error) })
    }
  }

  /** @throws WalletServiceError `TRANSACTION_REFUSED`: it is forgotten then */
  async #offer(wallet: WalletBook, transaction: Transaction): Promise<void> {
    const { host, clock } = this.#parts
    const { txid } = transaction
    const firstSeen = Math.floor(clock.wallTime() / SECOND)
    const outcome = await host.follower?.offer({ txid, bytes: transaction.bytes(), firstSeen, refused: '' })
    if (outcome?.status === 'refused') {
      wallet.setLabel('tx', displayHash(txid), '')
      wallet.forgetOwn(txid)
      host.changed()
      throw new WalletServiceError({ code: 'TRANSACTION_REFUSED', reason: outcome.reason })
    }
    host.changed()
  }

  #upToDate(id: number): KeptPlan {
    const { clock, host } = this.#parts
    const wallet = host.ready()
    const kept = this.#plans.find(id, clock.now())
    if (kept === undefined || kept.wallet !== wallet || isOutdated(kept.plan, wallet.spendingView()))
      throw new WalletServiceError({ code: 'PLAN_OUTDATED' })
    return kept
  }

  #keep(kept: KeptPlan, labelOf: Names['labelOf']): PaymentPlan {
    const id = this.#plans.keep(kept, this.#parts.clock.now())
    const contacts = kept.wallet.contacts()
    const contactOf = (address: string) => contacts.find((contact) => contact.address === address)?.name ?? ''
    return shownPlan(id, kept.plan, this.#prefixes, { contactOf, labelOf })
  }

  /** Of an address, a BIP 21 URI, or the name of a contact. */
  #addressOf(text: string): string {
    const wallet = this.#parts.host.ready()
    try {
      return wallet.readTarget(text).address
    } catch (error) {
      const name = text.trim().toLowerCase()
      const named = wallet.contacts().filter((each) => each.name.toLowerCase() === name)
      const [address, other] = new Set(named.map((contact) => contact.address))
      if (other !== undefined) throw severalContacts()
      if (address !== undefined) return address
      if (!(error instanceof AddressError)) throw error
      throw name.length < SHORTEST_ADDRESS ? noSuchContact(text.trim()) : badAddress(error)
    }
  }
}
