/** Questions to whoever sits at the terminal. What is typed as an answer to a secret question is not shown. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

export interface Terminal {
  /** The line typed, without its end. Rejects with an `AbortError` on Ctrl-C or the end of input. */
  ask(question: string): Promise<string>
  askSecretly(question: string): Promise<string>
}

/** Longer lines are cut: no answer is. */
const MAX_ANSWER = 4_096

/** Undefined where nobody can answer. Questions go to `output`: standard error, so that output stays clean. */
export function terminalOf(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Terminal | undefined {
  if (input.isTTY !== true || output.isTTY !== true) return undefined
  return {
    ask: (question) => askOn(input, output, question, false),
    askSecretly: (question) => askOn(input, output, question, true),
  }
}

function askOn(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  question: string,
  isSecret: boolean,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let isQuiet = false
    const shown = new Writable({
      write(chunk, _encoding, done) {
        if (!isQuiet) output.write(chunk)
        done()
      },
    })
    const lines = createInterface({ input, output: shown, terminal: true, historySize: 0 })
    let answer: string | undefined
    lines.on('SIGINT', () => lines.close())
    lines.on('close', () => {
      if (isSecret) output.write('\n')
      if (answer === undefined) reject(Object.assign(new Error('No answer was given.'), { name: 'AbortError' }))
      else resolve(answer)
    })
    lines.question(question, (text) => {
      answer = text.slice(0, MAX_ANSWER)
      lines.close()
    })
    isQuiet = isSecret
  })
}
