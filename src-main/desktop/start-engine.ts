/** The engine of the window: the real host, the profile's lock, the local socket for `shoal` commands. */
import { join } from 'node:path'
import { app, shell as electronShell } from 'electron'
import type { NetworkName } from '#shared/contract/chain.ts'
import type { AppShell } from '../engine/app/shell.ts'
import { type Engine, startEngine as start } from '../engine/engine.ts'
import { localSocketPath } from '../engine/serving/local-socket-path.ts'
import { createClock } from '../host/clock.ts'
import { defaultDownloadFolder } from '../host/default-folders.ts'
import { fileSink } from '../host/log.ts'
import { lockProfile } from '../host/profile-lock.ts'
import { createHost, type HostScripts } from '../host/real-host.ts'
import type { Trash } from '../kernel/files.ts'
import { serveLocally } from '../serving/serve-locally.ts'
import { createPowerMonitor } from './power.ts'
import { createVaultProcesses } from './vault-process.ts'

export type RunningEngine = Pick<Engine, 'server' | 'handToVault' | 'stop'>

export interface WindowEngineOptions {
  readonly profile: string
  readonly offline: boolean
  /** Over what the settings say, for this run. */
  readonly network: NetworkName | undefined
  readonly scripts: HostScripts
  /** Folder of the mining kernels. */
  readonly miningKernels: string
  readonly shell: AppShell
}

/** @throws ProfileError, StorageError */
export async function startEngine({
  profile,
  offline,
  network,
  scripts,
  miningKernels,
  shell,
}: WindowEngineOptions): Promise<RunningEngine> {
  const lock = lockProfile(profile)
  const sink = fileSink(join(profile, 'shoal.log'))
  const host = createHost({
    scripts,
    miningKernels,
    power: createPowerMonitor(createClock()),
    vaultProcesses: createVaultProcesses(String(scripts.vault)),
    log: { level: 'info', format: 'text', sink },
    networkPolicy: { mode: 'local-only', allowedHosts: [] },
    // On Linux the desktop's own trash needs a session bus, which may be missing; the host's follows the same standard.
    ...(process.platform === 'linux' ? {} : { trash: platformTrash }),
  })
  try {
    const engine = await start(host, {
      profile,
      version: app.getVersion(),
      platform: process.platform,
      shell,
      offline,
      downloadDirectory: defaultDownloadFolder(),
      ...(network && { settings: { network } }),
    })
    const local = await serveLocally(
      engine.server,
      host.localSockets,
      localSocketPath(profile, process.platform),
      host.log,
    )
    return {
      server: engine.server,
      handToVault: engine.handToVault,
      async stop() {
        await local.close()
        await engine.stop()
        await host.close()
        lock.release()
      },
    }
  } catch (error) {
    await host.close()
    lock.release()
    throw error
  }
}

const platformTrash: Trash = { move: (path) => electronShell.trashItem(path) }
