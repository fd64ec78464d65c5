import { createRoot } from 'react-dom/client'
import { createClients } from '#shared/contract/client/clients.ts'
import { App } from './app/app.tsx'
import { bridgeTransport, findBridge } from './client/bridge.ts'
import { vaultClient } from './client/vault.ts'

const root = document.getElementById('root')
const bridge = findBridge()
if (!root || !bridge) throw new Error('This page is the window of Shoal and works only inside it.')

createRoot(root).render(
  <App
    connection={{
      clients: createClients(bridgeTransport(bridge)),
      vault: vaultClient(bridge.vault),
      pathForFile: (file) => bridge.pathForFile(file),
    }}
  />,
)
