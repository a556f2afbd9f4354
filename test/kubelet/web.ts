/** An application for the nodes' kubelets: the lab's pod server, on every node, run by the Node of our own image. */
import { readFileSync } from 'node:fs'
import packageJson from '../../package.json' with { type: 'json' }

const port = 8080
const file = 'pod-server.ts'
const labels = { app: 'web' }

export const web = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace: 'default' },
    data: {
      [file]: readFileSync(new URL(`../../hack/lab/${file}`, import.meta.url), 'utf8'),
      'package.json': JSON.stringify({ type: 'module' }),
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 0,
          volumes: [{ name: 'source', configMap: { name: 'web' } }],
          containers: [
            {
              name: 'server',
              image: `fairlead.dev/manager:${packageJson.version}`,
              command: ['node', `/source/${file}`, '$(NODE)', `${port}`],
              env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
              volumeMounts: [{ name: 'source', mountPath: '/source' }],
              readinessProbe: { httpGet: { path: '/', port }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  },
] as const

/** Of a Service that leads to it: answered on the node that a request comes to. */
export const webService = {
  selector: labels,
  ports: [{ port: 80, targetPort: port, protocol: 'TCP' }],
  externalTrafficPolicy: 'Local',
} as const
