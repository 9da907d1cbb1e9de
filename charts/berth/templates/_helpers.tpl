{{- define "berth.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "berth.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "berth.name" . -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Where manifests, intents, the gateway's certificate and the gateway itself live. */}}
{{- define "berth.stateNamespace" -}}
{{- .Release.Namespace -}}
{{- end -}}

{{/* Where the operator and the chain key live. */}}
{{- define "berth.operatorNamespace" -}}
{{- default (printf "%s-operator" .Release.Namespace) .Values.operator.namespace -}}
{{- end -}}

{{- define "berth.operatorName" -}}{{ include "berth.fullname" . }}-operator{{- end -}}
{{/* Where the chain key and its process live when it has one of its own. */}}
{{- define "berth.signerNamespace" -}}
{{- default (printf "%s-signer" .Release.Namespace) .Values.signer.namespace -}}
{{- end -}}
{{- define "berth.signerName" -}}{{ include "berth.fullname" . }}-signer{{- end -}}
{{/* Where node agents run: with the driver from the host they are privileged, so they get a namespace of their own. */}}
{{- define "berth.agentNamespace" -}}
{{- default (printf "%s-agent" .Release.Namespace) .Values.agent.namespace -}}
{{- end -}}

{{- define "berth.agentName" -}}{{ include "berth.fullname" . }}-agent{{- end -}}
{{- define "berth.gatewayName" -}}{{ include "berth.fullname" . }}-gateway{{- end -}}

{{/* The user names that the API server gives to the service accounts. */}}
{{- define "berth.operatorUser" -}}
system:serviceaccount:{{ include "berth.operatorNamespace" . }}:{{ include "berth.operatorName" . }}
{{- end -}}
{{- define "berth.gatewayUser" -}}
system:serviceaccount:{{ include "berth.stateNamespace" . }}:{{ include "berth.gatewayName" . }}
{{- end -}}

{{- define "berth.agentUser" -}}
system:serviceaccount:{{ include "berth.agentNamespace" . }}:{{ include "berth.agentName" . }}
{{- end -}}

{{- define "berth.selector" -}}
app.kubernetes.io/name: {{ include "berth.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "berth.labels" -}}
{{ include "berth.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "berth.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{/* What all pods have in common: the restricted Pod Security Standard, and placement from the values. */}}
{{- define "berth.podSettings" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "berth.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "berth.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: metrics }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: metrics }
  periodSeconds: 10
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: metrics }
  periodSeconds: 5
{{- end -}}

{{/* Ports of a network policy. */}}
{{- define "berth.tcpPorts" -}}
{{- range . }}
- { protocol: TCP, port: {{ . }} }
{{- end }}
{{- end -}}

{{/* One replica per node where that can be had; values may say otherwise. */}}
{{- define "berth.spread" -}}
topologySpreadConstraints:
{{- with .values.topologySpreadConstraints }}
  {{- toYaml . | nindent 2 }}
{{- else }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels: {{- include "berth.selector" . | nindent 8 }}
{{- end }}
{{- end -}}

{{/* The TCP port of a URL, for a network policy. */}}
{{- define "berth.urlPort" -}}
{{- regexFind ":[0-9]+(/|$)" . | trimAll ":/" | default (ternary "443" "80" (hasPrefix "https:" .)) -}}
{{- end -}}
