import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { type Bridge, IPC_CHANNEL } from '#shared/bridge.ts'
import { type Incoming, Lane } from './lane.ts'
import { vaultBridge } from './vault.ts'

const lane = new Lane((message) => ipcRenderer.send(IPC_CHANNEL, message))
ipcRenderer.on(IPC_CHANNEL, (_event, message: Incoming) => lane.receive(message))

const bridge: Bridge = {
  call: (service, call, args) => lane.call(service, call, args),
  subscribe: (service, feed, args, listener) => lane.subscribe(service, feed, args, listener),
  vault: vaultBridge,
  pathForFile: (file) => webUtils.getPathForFile(file as File),
}

contextBridge.exposeInMainWorld('shoal', bridge)
