/** Our CustomResourceDefinitions as chart templates: the generated YAML, with Helm's switches around it. */

/** The YAML has a form that this cannot wrap. */
export class CrdTemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CrdTemplateError';
  }
}

/** Wraps one CRD: left out unless `crds.enabled`, kept at uninstall while `crds.keep`. @throws CrdTemplateError */
export const crdTemplate = (yaml: string, file: string): string => {
  if (yaml.includes('{{')) throw new CrdTemplateError(`${file}: "{{" would be read by Helm`);
  const name = /^metadata:\n {2}name: \S+\n/m;
  if (!name.test(yaml)) throw new CrdTemplateError(`${file}: no metadata.name where expected`);
  if (/^ {2}annotations:/m.test(yaml)) {
    throw new CrdTemplateError(`${file}: has annotations already; merge them here`);
  }
  const kept = yaml.replace(
    name,
    (found) =>
      `${found}  {{- if .Values.crds.keep }}\n  annotations:\n    helm.sh/resource-policy: keep\n  {{- end }}\n`,
  );
  return `{{- if .Values.crds.enabled }}\n${kept.trimEnd()}\n{{- end }}\n`;
};
