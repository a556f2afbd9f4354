{{- /* Changes a Deployment or DaemonSet as the values say. Takes the object and the chart's context, and prints nothing. */ -}}
{{- define "fairlead.workload" -}}
{{- $object := first . -}}
{{- $chart := last . -}}
{{- $component := index $object.metadata.labels "app.kubernetes.io/component" -}}
{{- $own := index $chart.Values $component -}}
{{- $pod := $object.spec.template.spec -}}
{{- range tuple "priorityClassName" "nodeSelector" "tolerations" -}}
  {{- $_ := set $pod . (index $own .) -}}
{{- end -}}
{{- with $chart.Values.imagePullSecrets -}}
  {{- $_ := set $pod "imagePullSecrets" . -}}
{{- end -}}
{{- range $container := concat $pod.containers (default list $pod.initContainers) -}}
  {{- $name := base $container.image | splitList ":" | first -}}
  {{- $tag := default $chart.Chart.AppVersion $chart.Values.image.tag -}}
  {{- $_ := set $container "image" (printf "%s/%s:%s" $chart.Values.image.registry $name $tag) -}}
  {{- $_ := set $container "resources" (index $own.resources $container.name) -}}
  {{- if eq $container.name "manager" -}}
    {{- $options := include "fairlead.options" (list $component $chart.Values) | fromYamlArray -}}
    {{- $_ := set $container "args" (concat $container.args $options) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The options that a component's manager is given besides those of its shape: an array. */ -}}
{{- define "fairlead.options" -}}
{{- $component := first . -}}
{{- with last . -}}
{{- with .logLevel }}
- --log-level={{ . }}
{{- end }}
{{- if ne $component "speaker" }}
{{- with .loadBalancerClass }}
- --load-balancer-class={{ . }}
{{- end }}
{{- if .requireAnnotation }}
- --require-annotation
{{- end }}
{{- end }}
{{- if ne $component "controller" }}
{{- range $option, $value := dict "proxy-health" .proxyHealth "fail-static" .failStatic }}
{{- if kindIs "bool" $value }}{{ $value = "off" }}{{ end }}
{{- /* Numbers of a values file are floating, and would print as 1e+06. */}}
{{- if kindIs "float64" $value }}{{ $value = int64 $value }}{{ end }}
{{- if $value }}
- {{ printf "--%s=%v" $option $value | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}
