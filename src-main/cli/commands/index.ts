/** Every command of `shoal`, in the order of the help. */
import type { Command } from '../command.ts'
import { create } from './create.ts'
import { daemon } from './daemon.ts'
import { demo } from './demo.ts'
import { download } from './download.ts'
import { inspect } from './inspect.ts'
import { lab } from './lab.ts'
import { seed } from './seed.ts'
import { settings } from './settings.ts'
import { torrents } from './torrents.ts'
import { tracker } from './tracker.ts'
import { verify } from './verify.ts'

export const commands: readonly Command[] = [
  ...[create, inspect, verify],
  ...[download, seed, tracker],
  ...[daemon, torrents, settings],
  ...[demo, lab],
]
