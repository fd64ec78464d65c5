/** Whether the system opens magnet links with Shoal. Changed only when a person asks for it, in the menu. */
import { app, dialog } from 'electron'

const SCHEME = 'magnet'

/** Not packaged, the program is Electron itself and has to be told which app it is. */
function command(): [program?: string, args?: string[]] {
  return app.isPackaged ? [] : [process.execPath, [app.getAppPath()]]
}

/** Makes Shoal the program for magnet links, or says that it is and offers to end it. */
export async function chooseForMagnetLinks(): Promise<void> {
  const scheme = [SCHEME, ...command()] as const
  if (app.isDefaultProtocolClient(...scheme)) {
    const { response } = await dialog.showMessageBox({
      message: 'Magnet links open with Shoal.',
      buttons: ['Keep it so', 'Stop opening them'],
      cancelId: 0,
    })
    if (response === 1 && !app.removeAsDefaultProtocolClient(...scheme)) await refused()
    return
  }
  if (!app.setAsDefaultProtocolClient(...scheme)) return refused()
  await dialog.showMessageBox({ message: 'Magnet links now open with Shoal.', buttons: ['OK'] })
}

async function refused(): Promise<void> {
  await dialog.showMessageBox({
    type: 'warning',
    message: 'The system did not take the change.',
    detail: 'Choose the program for magnet links in the settings of your system or browser.',
    buttons: ['OK'],
  })
}
