/**
 * Every command of `shoal`, in the order of the help. Each is loaded when it is asked for: `create` needs no engine, and
 * loading everything takes 80 ms of every start.
 */
import type { Commands } from '../command.ts'

export const commands: Commands = {
  create: async () => (await import('./create.ts')).create,
  inspect: async () => (await import('./inspect.ts')).inspect,
  verify: async () => (await import('./verify.ts')).verify,
  download: async () => (await import('./download.ts')).download,
  seed: async () => (await import('./seed.ts')).seed,
  tracker: async () => (await import('./tracker.ts')).tracker,
  daemon: async () => (await import('./daemon.ts')).daemon,
  torrents: async () => (await import('./torrents.ts')).torrents,
  peers: async () => (await import('./peers.ts')).peers,
  overlay: async () => (await import('./overlay.ts')).overlay,
  chain: async () => (await import('./chain.ts')).chain,
  miner: async () => (await import('./miner.ts')).miner,
  wallet: async () => (await import('./wallet.ts')).wallet,
  settings: async () => (await import('./settings.ts')).settings,
  demo: async () => (await import('./demo.ts')).demo,
  lab: async () => (await import('./lab.ts')).lab,
}
