import { type BgpMetrics, bgpMetrics } from './bgp.ts'
import type { CommonMetrics } from './common.ts'
import { type Layer2Metrics, layer2Metrics } from './layer2.ts'
import type { LoopMetrics } from './loops.ts'

export interface SpeakerMetrics {
  readonly loops: LoopMetrics
  readonly bgp: BgpMetrics
  readonly layer2: Layer2Metrics
}

export const speakerMetrics = ({ registry, loops }: Pick<CommonMetrics, 'registry' | 'loops'>): SpeakerMetrics => ({
  loops,
  bgp: bgpMetrics([registry]),
  layer2: layer2Metrics([registry]),
})
