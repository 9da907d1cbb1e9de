/** Generated from test/golden/chart/rendered.yaml by hack/build-chart.ts. Do not edit. */

export interface ChartRight {
  /** `operator` or `gateway`. */
  readonly account: string;
  /** `cluster`, `state` (the release's namespace), `operator` or `signer` (theirs). */
  readonly place: string;
  readonly group: string;
  /** With its subresource, for example `pods/log`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Only objects of these names; absent for all. */
  readonly names?: readonly string[];
}

export const CHART_RIGHTS: readonly ChartRight[] = [
  {"account":"gateway","place":"cluster","group":"berth.dev","resource":"computeproviders","verbs":["get","list","watch"]},
  {"account":"gateway","place":"cluster","group":"berth.dev","resource":"computeleases","verbs":["get","list","watch"]},
  {"account":"gateway","place":"cluster","group":"berth.dev","resource":"bids","verbs":["get","list","watch"]},
  {"account":"gateway","place":"cluster","group":"","resource":"pods","verbs":["get","list","watch"]},
  {"account":"gateway","place":"cluster","group":"","resource":"services","verbs":["get","list","watch"]},
  {"account":"gateway","place":"cluster","group":"","resource":"pods/log","verbs":["get"]},
  {"account":"gateway","place":"cluster","group":"events.k8s.io","resource":"events","verbs":["get","list","watch"]},
  {"account":"gateway","place":"cluster","group":"apps","resource":"deployments","verbs":["get","list","watch"]},
  {"account":"gateway","place":"cluster","group":"apps","resource":"statefulsets","verbs":["get","list","watch"]},
  {"account":"gateway","place":"cluster","group":"networking.k8s.io","resource":"ingresses","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"berth.dev","resource":"computeproviders","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"berth.dev","resource":"pricingpolicies","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"berth.dev","resource":"bids","verbs":["get","list","watch","create","update","patch","delete"]},
  {"account":"operator","place":"cluster","group":"berth.dev","resource":"computeleases","verbs":["get","list","watch","create","update","patch","delete"]},
  {"account":"operator","place":"cluster","group":"berth.dev","resource":"computeproviders/status","verbs":["get","update","patch"]},
  {"account":"operator","place":"cluster","group":"berth.dev","resource":"pricingpolicies/status","verbs":["get","update","patch"]},
  {"account":"operator","place":"cluster","group":"berth.dev","resource":"bids/status","verbs":["get","update","patch"]},
  {"account":"operator","place":"cluster","group":"berth.dev","resource":"computeleases/status","verbs":["get","update","patch"]},
  {"account":"operator","place":"cluster","group":"","resource":"nodes","verbs":["get","list","watch","patch"]},
  {"account":"operator","place":"cluster","group":"","resource":"pods","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"","resource":"persistentvolumeclaims","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"storage.k8s.io","resource":"storageclasses","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"storage.k8s.io","resource":"csistoragecapacities","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"resource.k8s.io","resource":"resourceslices","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"resource.k8s.io","resource":"resourceclaims","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"resource.k8s.io","resource":"deviceclasses","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"node.k8s.io","resource":"runtimeclasses","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"","resource":"namespaces","verbs":["get","list","watch","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"","resource":"resourcequotas","verbs":["get","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"","resource":"limitranges","verbs":["get","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"","resource":"services","verbs":["get","list","watch","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"","resource":"serviceaccounts","verbs":["get","list","watch","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"apps","resource":"deployments","verbs":["get","list","watch","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"apps","resource":"statefulsets","verbs":["get","list","watch","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"networking.k8s.io","resource":"ingresses","verbs":["get","list","watch","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"networking.k8s.io","resource":"networkpolicies","verbs":["get","list","watch","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"rbac.authorization.k8s.io","resource":"roles","verbs":["get","list","watch","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"rbac.authorization.k8s.io","resource":"rolebindings","verbs":["get","list","watch","create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"","resource":"pods/log","verbs":["get"]},
  {"account":"operator","place":"cluster","group":"","resource":"events","verbs":["get","list","watch"]},
  {"account":"operator","place":"cluster","group":"","resource":"secrets","verbs":["create","patch","delete"]},
  {"account":"operator","place":"cluster","group":"events.k8s.io","resource":"events","verbs":["create","patch"]},
  {"account":"gateway","place":"state","group":"","resource":"secrets","verbs":["get","create","patch"]},
  {"account":"operator","place":"state","group":"coordination.k8s.io","resource":"leases","verbs":["get","create","update","patch"]},
  {"account":"operator","place":"state","group":"","resource":"configmaps","verbs":["get","list","watch","create","update","patch","delete"]},
  {"account":"operator","place":"state","group":"","resource":"secrets","verbs":["get","list","watch","create","update","patch","delete"]},
];

/** What follows the release in the names of bound admission policies. */
export const CHART_ADMISSION_POLICIES: readonly string[] = ["workloads","namespaces","nodes","manifests"];
