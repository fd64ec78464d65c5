/** Numbers of the download of blocks, most of them Bitcoin Core's. */
import { MINUTE, type Millis, SECOND } from '../../../kernel/clock.ts'

/** Heights from the lowest missing block within which blocks are asked for. */
export const DOWNLOAD_WINDOW = 1_024
export const MAX_BLOCKS_PER_PEER = 16
/** Fewer are topped up again, several with one message. */
export const REFILL_BELOW = 9
export const MAX_BLOCKS_IN_FLIGHT = 128
/** Bytes of blocks that came and are not yet checked, above which no more are asked for. */
export const MAX_UNCHECKED_BYTES = 32 * 1024 * 1024
/** And how many of them there may be. */
export const MAX_UNCHECKED_BLOCKS = 256
export const FIRST_STALL_LIMIT: Millis = 2 * SECOND
export const LAST_STALL_LIMIT: Millis = 64 * SECOND
/** What the stall limit is multiplied by for each block that is done. */
export const STALL_LIMIT_DECAY = 0.85
/** Time for one block, and half as much more for each other peer that is downloading. */
export const BLOCK_TIME_LIMIT: Millis = MINUTE
/** BIP 159: what a limited node has from its tip down; two less, for blocks that arrive meanwhile. */
export const LIMITED_BLOCKS = 288
export const LIMITED_MARGIN = 2
/** Blocks that a peer said it has not got. */
export const MAX_LACKING = 1_024
