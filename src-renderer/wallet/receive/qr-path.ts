/** A QR code as one path of an SVG: a square of side 1 for each dark module. */
import encodeQr from 'qr'

export interface QrPath {
  /** Modules on a side, the quiet zone included. */
  readonly side: number
  readonly path: string
}

/** The standard asks for four light modules all around. */
const QUIET = 4

/** Undefined where the text is longer than a code can hold. */
export function qrPath(text: string): QrPath | undefined {
  let modules: boolean[][]
  try {
    modules = encodeQr(text, 'raw', { border: QUIET, ecc: 'medium' })
  } catch {
    return undefined
  }
  const parts: string[] = []
  for (const [y, row] of modules.entries()) {
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue
      const from = x
      while (row[x + 1]) x += 1
      parts.push(`M${from} ${y}h${x + 1 - from}v1H${from}z`)
    }
  }
  return { side: modules.length, path: parts.join('') }
}
