import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { type Bridge, type FeedEvent, IPC_CHANNEL } from '#shared/bridge.ts'
import type { CrossingError, FeedMessage } from '#shared/contract/service.ts'

type Answer = Awaited<ReturnType<Bridge['call']>>
type Incoming =
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: CrossingError }
  | { kind: 'feed'; id: number; message: FeedMessage<unknown> }
  | { kind: 'failed'; id: number; error: CrossingError }

let nextId = 1
const calls = new Map<number, (answer: Answer) => void>()
const feeds = new Map<number, (event: FeedEvent) => void>()

ipcRenderer.on(IPC_CHANNEL, (_event, message: Incoming) => {
  if (message.kind === 'result') settle(message.id, { ok: true, value: message.value })
  else if (message.kind === 'error') settle(message.id, { ok: false, error: message.error })
  else if (message.kind === 'feed') feeds.get(message.id)?.({ kind: 'feed', message: message.message })
  else feeds.get(message.id)?.({ kind: 'failed', error: message.error })
})

function settle(id: number, answer: Answer): void {
  calls.get(id)?.(answer)
  calls.delete(id)
}

const bridge: Bridge = {
  call: (service, call, args) =>
    new Promise((resolve) => {
      const id = nextId++
      calls.set(id, resolve)
      ipcRenderer.send(IPC_CHANNEL, { kind: 'call', id, service, call, args })
    }),
  subscribe(service, feed, args, listener) {
    const id = nextId++
    feeds.set(id, listener)
    ipcRenderer.send(IPC_CHANNEL, { kind: 'subscribe', id, service, feed, args })
    return () => {
      if (feeds.delete(id)) ipcRenderer.send(IPC_CHANNEL, { kind: 'unsubscribe', id })
    }
  },
  pathForFile: (file) => webUtils.getPathForFile(file as File),
}

contextBridge.exposeInMainWorld('shoal', bridge)
