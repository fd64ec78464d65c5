import type { Trust } from '#shared/contract/wallet.ts'

/**
 * Depth as trust, in words. On a chain of desktops that hashes SHA-256d depth is no proof: one cheap machine made for it
 * outruns all of them, so nothing is ever called final.
 *
 * `fresh`: fewer than 10 blocks. Two desktops that find a block at the same time undo one or two blocks in daily use, and a
 * network that was parted for some minutes undoes what was mined in them.
 * `likely`: from 10, some ten minutes on the main network. To undo it somebody has to mean to.
 * `settled`: as deep as consensus lets rewards be spent from. An undoing deeper than that takes coins from miners as well as from
 * those who were paid, and is noticed by everybody: the only depth on which the network itself relies.
 */
const LIKELY_CONFIRMATIONS = 10

export function trustOf(confirmations: number, maturity: number): Trust {
  if (confirmations === 0) return 'unconfirmed'
  if (confirmations < Math.min(LIKELY_CONFIRMATIONS, maturity)) return 'fresh'
  return confirmations < maturity ? 'likely' : 'settled'
}
