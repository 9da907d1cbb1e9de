/** Runs constructs and takes what they make as plain objects: nothing of cdk8s outlives a call. */
import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';

/** A Kubernetes object as JSON, as far as every kind shares it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** Absent on namespaces. */
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The objects that `build` adds to an empty chart, in that order, ready for server-side apply. */
export const synthesize = (build: (scope: Construct) => void): readonly KubernetesObject[] => {
  // An output folder is named so that cdk8s does not look for one in the environment; nothing is ever written.
  const chart = new Chart(new App({ outdir: 'unused' }), 'lease');
  build(chart);
  return chart.toJson() as KubernetesObject[];
};
