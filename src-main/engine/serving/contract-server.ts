import { type Contract, contract, type Services } from '#shared/contract/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Log } from '../../kernel/log.ts'
import { ServiceServer } from '../../serving/service-server.ts'

/** Serves the contract. */
export class ContractServer extends ServiceServer<Contract> {
  constructor(services: Services, clock: Clock, log: Log) {
    super(contract, services, clock, log)
  }
}
