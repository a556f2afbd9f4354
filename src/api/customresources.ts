/** What the API server is told about each custom resource besides its fields. */
import type { z } from 'zod'
import { bgpConf } from './bgpconf.ts'
import { bgpPeer } from './bgppeer.ts'
import { eip } from './eip.ts'
import { conditionTypes } from './names.ts'
import { virtualIP } from './virtualip.ts'

/** A column of `kubectl get`; those of priority 1 are in `-o wide` only. */
export interface Column {
  readonly name: string
  readonly jsonPath: string
  readonly type: 'string' | 'integer' | 'boolean' | 'date'
  readonly priority?: number
}

/** A cluster-scoped kind with a status subresource. */
export interface CustomResource {
  readonly kind: string
  readonly plural: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly columns: readonly Column[]
  /** The whole object. */
  readonly schema: z.ZodObject
}

const condition = (type: string, field: string) => `.status.conditions[?(@.type=="${type}")].${field}`

const age: Column = { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' }

const ready: Column = { name: 'Ready', jsonPath: condition(conditionTypes.ready, 'status'), type: 'string' }

export const customResources = [
  {
    kind: 'Eip',
    plural: 'eips',
    categories: ['networking'],
    schema: eip,
    columns: [
      { name: 'cidr', jsonPath: '.spec.address', type: 'string' },
      { name: 'usage', jsonPath: '.status.usage', type: 'integer' },
      { name: 'total', jsonPath: '.status.poolSize', type: 'integer' },
      { name: 'protocol', jsonPath: '.spec.protocol', type: 'string' },
      { name: 'ready', jsonPath: '.status.ready', type: 'boolean' },
      { name: 'priority', jsonPath: '.spec.priority', type: 'integer', priority: 1 },
      age,
    ],
  },
  {
    kind: 'BgpConf',
    plural: 'bgpconfs',
    schema: bgpConf,
    columns: [
      { name: 'AS', jsonPath: '.spec.as', type: 'integer' },
      { name: 'Router-ID', jsonPath: '.spec.routerId', type: 'string' },
      { name: 'Listen-Port', jsonPath: '.spec.listenPort', type: 'integer' },
      ready,
      age,
    ],
  },
  {
    kind: 'BgpPeer',
    plural: 'bgppeers',
    schema: bgpPeer,
    columns: [
      { name: 'Neighbor', jsonPath: '.spec.conf.neighborAddress', type: 'string' },
      { name: 'AS', jsonPath: '.spec.conf.peerAs', type: 'integer' },
      ready,
      { name: 'Reason', jsonPath: condition(conditionTypes.ready, 'reason'), type: 'string' },
      { name: 'Message', jsonPath: condition(conditionTypes.ready, 'message'), type: 'string', priority: 1 },
      age,
    ],
  },
  {
    kind: 'VirtualIP',
    plural: 'virtualips',
    shortNames: ['vip'],
    categories: ['networking'],
    schema: virtualIP,
    columns: [
      { name: 'Address', jsonPath: '.spec.address', type: 'string' },
      { name: 'Namespace', jsonPath: '.spec.services[0].namespace', type: 'string' },
      { name: 'Service', jsonPath: '.spec.services[0].name', type: 'string' },
      { name: 'Eip', jsonPath: '.spec.eip', type: 'string' },
      { name: 'Mode', jsonPath: '.spec.protocol', type: 'string' },
      { name: 'Announced-By', jsonPath: '.status.announcedBy', type: 'string' },
      { name: 'Since', jsonPath: '.status.since', type: 'date' },
      { name: 'Reason', jsonPath: condition(conditionTypes.announced, 'reason'), type: 'string' },
      { name: 'Epoch', jsonPath: '.status.owners[0].epoch', type: 'integer', priority: 1 },
      { name: 'Cause', jsonPath: '.status.owners[0].cause', type: 'string', priority: 1 },
      { name: 'MAC', jsonPath: '.status.owners[0].mac', type: 'string', priority: 1 },
      { name: 'Message', jsonPath: condition(conditionTypes.announced, 'message'), type: 'string', priority: 1 },
      age,
    ],
  },
] as const satisfies readonly CustomResource[]
