import { describe, expect, test } from 'vitest'
import { assertNever, CodedError, codeOf, type Fault, messageOf } from './errors.ts'

type PondFault = Fault & ({ readonly code: 'DRY' } | { readonly code: 'FROZEN'; readonly degrees: number })
class PondError extends CodedError<PondFault> {}

describe('an error with a code', () => {
  test('carries its case, its class and its cause', () => {
    const cause = new Error('winter')
    const error = new PondError({ code: 'FROZEN', degrees: -3 }, 'The pond is frozen. Wait for spring.', { cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(CodedError)
    expect(error.name).toBe('PondError')
    expect(error.code).toBe('FROZEN')
    expect(error.fault).toEqual({ code: 'FROZEN', degrees: -3 })
    expect(error.cause).toBe(cause)
    expect(`${error}`).toBe('PondError: The pond is frozen. Wait for spring.')
  })

  test('has no cause where none was given', () => {
    expect('cause' in new PondError({ code: 'DRY' }, 'The pond is dry. Fill it.')).toBe(false)
  })
})

describe('the code of whatever was thrown', () => {
  test.each([
    ['ours', new PondError({ code: 'DRY' }, 'dry'), 'DRY'],
    ["a system error's", Object.assign(new Error('full'), { code: 'ENOSPC' }), 'ENOSPC'],
    ['a plain object', { code: 'ODD' }, 'ODD'],
    ['an error without one', new Error('plain'), 'UNEXPECTED'],
    ['one that is no text', Object.assign(new Error('dom'), { code: 20 }), 'UNEXPECTED'],
    ['a text', 'thrown', 'UNEXPECTED'],
    ['null', null, 'UNEXPECTED'],
    ['nothing', undefined, 'UNEXPECTED'],
  ])('%s', (_name, thrown, code) => expect(codeOf(thrown)).toBe(code))
})

describe('the sentence of whatever was thrown', () => {
  test.each([
    [new PondError({ code: 'DRY' }, 'The pond is dry. Fill it.'), 'The pond is dry. Fill it.'],
    [new TypeError('plain'), 'plain'],
    ['a text', 'a text'],
    [null, 'null'],
    [undefined, 'undefined'],
    [7n, '7'],
  ])('%s', (thrown, message) => expect(messageOf(thrown)).toBe(message))
})

test('a case that nobody handled is named', () => {
  expect(() => assertNever({ code: 'NEW' } as never)).toThrow('unhandled case: {"code":"NEW"}')
})
