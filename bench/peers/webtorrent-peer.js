// webtorrent as a peer to be measured: `node webtorrent-peer.js seed|download FILE.torrent FOLDER`. TCP only, plain, and
// nothing on the network but the tracker of the .torrent. Says {"event":"ready"} or {"event":"done"}, then shares until ended.
import WebTorrent from 'webtorrent'

const [role, torrentFile, folder] = process.argv.slice(2)
const client = new WebTorrent({ dht: false, lsd: false, natUpnp: false, natPmp: false, utp: false, secure: 0 })
const fail = (error) => {
  console.log(JSON.stringify({ event: 'error', message: String(error) }))
  process.exit(1)
}
client.on('error', fail)
const torrent = client.add(torrentFile, { path: folder })
torrent.on('error', fail)
torrent.on('done', () => console.log(JSON.stringify({ event: role === 'seed' ? 'ready' : 'done' })))
process.on('SIGTERM', () => client.destroy(() => process.exit(0)))
