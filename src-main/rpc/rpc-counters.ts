/** What has happened since the start, for the Explorer and for tests. */
export interface RpcCounters {
  readonly queriesSent: number
  /** Not asked, because too much was under way. */
  readonly queriesRefused: number
  /** Answers and errors to queries of ours. */
  readonly answersReceived: number
  readonly timeouts: number
  /** Answers to nothing that we asked there. */
  readonly unsolicited: number
  readonly queriesReceived: number
  readonly answersSent: number
  readonly answersOverBudget: number
  readonly malformed: number
  readonly packetsReceived: number
  readonly packetsOverBudget: number
  readonly bytesReceived: number
  readonly bytesSent: number
}

export function zeroCounters(): { -readonly [K in keyof RpcCounters]: RpcCounters[K] } {
  return {
    queriesSent: 0,
    queriesRefused: 0,
    answersReceived: 0,
    timeouts: 0,
    unsolicited: 0,
    queriesReceived: 0,
    answersSent: 0,
    answersOverBudget: 0,
    malformed: 0,
    packetsReceived: 0,
    packetsOverBudget: 0,
    bytesReceived: 0,
    bytesSent: 0,
  }
}
