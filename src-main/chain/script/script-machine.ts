/**
 * What a running script works on: two stacks, the place it runs in and the count of its operations. Items are never
 * changed once they are on a stack, so copies are references.
 */
import { ScriptError } from './script-error.ts'
import { ScriptFlag, type ScriptFlags } from './script-flags.ts'
import { decodeNumber, encodeNumber, isTrue } from './script-number.ts'
import type { SignatureVersion } from './signature-encoding.ts'
import type { SpendChecker } from './spend-checker.ts'

/** Items on both stacks together. */
export const MAX_STACK_ITEMS = 1_000
/** Operations above OP_16, executed or not; each key of a CHECKMULTISIG that is executed counts too. */
export const MAX_OPERATIONS = 201

const TRUE = Uint8Array.of(1)
const FALSE = new Uint8Array(0)

/** Where a script runs. */
export interface ScriptContext {
  readonly flags: ScriptFlags
  readonly version: SignatureVersion
  readonly checker: SpendChecker
}

export class ScriptMachine {
  readonly script: Uint8Array
  readonly context: ScriptContext
  /** The top is last. */
  readonly stack: Uint8Array[]
  readonly altStack: Uint8Array[] = []
  /** Where signed code begins: after the last CODESEPARATOR that was executed. */
  codeStart = 0
  readonly #minimal: boolean
  #operations = 0

  constructor(script: Uint8Array, stack: Uint8Array[], context: ScriptContext) {
    this.script = script
    this.stack = stack
    this.context = context
    this.#minimal = this.has(ScriptFlag.MINIMALDATA)
  }

  has(flag: ScriptFlags): boolean {
    return (this.context.flags & flag) !== 0
  }

  /** @throws ScriptError `OP_COUNT` */
  countOperations(count: number): void {
    this.#operations += count
    if (this.#operations > MAX_OPERATIONS) throw new ScriptError('OP_COUNT')
  }

  /** @throws ScriptError `INVALID_STACK_OPERATION` */
  need(items: number): void {
    if (this.stack.length < items) throw new ScriptError('INVALID_STACK_OPERATION')
  }

  /** The item at `depth`, 0 for the top. @throws ScriptError */
  peek(depth: number): Uint8Array {
    const item = this.stack[this.stack.length - 1 - depth]
    if (item === undefined) throw new ScriptError('INVALID_STACK_OPERATION')
    return item
  }

  pop(): Uint8Array {
    const item = this.stack.pop()
    if (item === undefined) throw new ScriptError('INVALID_STACK_OPERATION')
    return item
  }

  push(item: Uint8Array): void {
    this.stack.push(item)
  }

  pushNumber(value: number): void {
    this.stack.push(encodeNumber(value))
  }

  pushBoolean(value: boolean): void {
    this.stack.push(value ? TRUE : FALSE)
  }

  peekNumber(depth: number, maxBytes?: number): number {
    const form = { minimal: this.#minimal }
    return decodeNumber(this.peek(depth), maxBytes === undefined ? form : { ...form, maxBytes })
  }

  popNumber(): number {
    return decodeNumber(this.pop(), { minimal: this.#minimal })
  }

  popBoolean(): boolean {
    return isTrue(this.pop())
  }

  /** Takes the item at `depth` out. */
  take(depth: number): Uint8Array {
    const item = this.stack.splice(this.stack.length - 1 - depth, 1)[0]
    if (item === undefined) throw new ScriptError('INVALID_STACK_OPERATION')
    return item
  }

  /** @throws ScriptError `STACK_SIZE` */
  checkSize(): void {
    if (this.stack.length + this.altStack.length > MAX_STACK_ITEMS) throw new ScriptError('STACK_SIZE')
  }
}
