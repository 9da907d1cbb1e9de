#!/usr/bin/env bash
# Builds the development peers' binaries from pinned Go modules, once per version, into a cache outside the checkout.
#
#   hack/tools/build.sh                 everything that `make test` and `make demo` need
#   hack/tools/build.sh etcd kwok       only these tools
#   hack/tools/build.sh node coredns    what a real node needs besides: kubelet, kube-proxy, CoreDNS
#   hack/tools/build.sh toxiproxy       the faulty network of the drills
#   hack/tools/build.sh helm3 kubeconform   what the chart is checked with besides
#   hack/tools/build.sh --print-dir     where the binaries of this checkout's pins lie, building nothing
#
# The cache is ${BERTH_CACHE:-~/.cache/berth}/tools/<group>-<hash>; the hash covers the group's go.mod and go.sum, this
# file's own build options and the Go version, so a change of a pin never meets an old binary. <dir>/bin links to all.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${BERTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/berth}/tools

kubernetes_version=v1.36.3
prometheus_version=v0.316.0
ldflags="-s -w -X k8s.io/component-base/version.gitVersion=$kubernetes_version -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36"

groups=(etcd cometbft kubernetes kwok prometheus helm)

packages() { # GROUP -> Go packages to build
  case "$1" in
    etcd) echo go.etcd.io/etcd/server/v3 ;;
    cometbft) echo github.com/cometbft/cometbft/cmd/cometbft ;;
    kubernetes) for c in kube-apiserver kube-controller-manager kube-scheduler kubectl; do echo "k8s.io/kubernetes/cmd/$c"; done ;;
    node) for c in kubelet kube-proxy; do echo "k8s.io/kubernetes/cmd/$c"; done ;;
    kwok) echo sigs.k8s.io/kwok/cmd/kwok ;;
    helm) echo helm.sh/helm/v4/cmd/helm ;;
    helm3) echo helm.sh/helm/v3/cmd/helm ;; # the chart is installed by both
    kubeconform) echo github.com/yannh/kubeconform/cmd/kubeconform ;;
    toxiproxy) echo github.com/Shopify/toxiproxy/v2/cmd/server ;;
    coredns) echo berth.dev/hack/tools/coredns ;; # a main package of ours: CoreDNS with few plugins
    # Its plain build needs a module that the proxy does not serve, so it has no go.mod of ours: the version is the pin.
    prometheus) for c in prometheus promtool; do echo "github.com/prometheus/prometheus/cmd/$c@$prometheus_version"; done ;;
    *) echo "build.sh: unknown tool group '$1' (known: etcd cometbft kubernetes node coredns kwok helm helm3 kubeconform prometheus toxiproxy)" >&2; return 1 ;;
  esac
}

binary() { # GROUP PACKAGE -> name of its binary
  case "$1" in etcd) echo etcd ;; toxiproxy) echo toxiproxy-server ;; helm3) echo helm3 ;; *) basename "${2%@*}" ;; esac
}

module_dir() { case "$1" in node) echo kubernetes ;; *) echo "$1" ;; esac; }

key() { # GROUP -> hash of everything that decides its binaries
  local dir; dir="$here/$(module_dir "$1")"
  { go env GOVERSION GOOS GOARCH; packages "$1"; echo "$ldflags $prometheus_version"; cat "$dir/go.mod" "$dir/go.sum" "$dir"/*.go 2>/dev/null || true; } | sha256sum | cut -c1-16
}

build() { # GROUP INDEX TOTAL
  local group=$1 target started log pkg name
  target="$cache/$group-$(key "$group")"
  if [ -f "$target/.complete" ]; then printf '[%s/%s] %-11s ready\n' "$2" "$3" "$group" >&2; return; fi
  started=$(date +%s); mkdir -p "$target"; log="$target/build.log"; : >"$log"
  for pkg in $(packages "$group"); do
    name=$(binary "$group" "$pkg")
    printf '[%s/%s] %-11s building %s from Go modules, first time only …\n' "$2" "$3" "$group" "$name" >&2
    local heartbeat; ( while sleep 20; do printf '        … still building %s, %s s\n' "$name" $(($(date +%s) - started)) >&2; done ) & heartbeat=$!
    local rc=0
    if [[ $pkg == *@* ]]; then
      GOBIN="$target" CGO_ENABLED=0 GOFLAGS=-mod=mod go install -tags remove_all_sd -ldflags "-s -w" "$pkg" >>"$log" 2>&1 || rc=$?
    else
      ( cd "$here/$(module_dir "$group")" && CGO_ENABLED=0 go build -mod=mod -trimpath -ldflags "$ldflags" -o "$target/$name" "$pkg" ) >>"$log" 2>&1 || rc=$?
    fi
    kill "$heartbeat" 2>/dev/null || true; wait "$heartbeat" 2>/dev/null || true
    if [ "$rc" -ne 0 ]; then
      echo "build.sh: building $name failed; the end of $log:" >&2; tail -n 15 "$log" >&2; exit 1
    fi
  done
  touch "$target/.complete"
  printf '[%s/%s] %-11s built in %s s\n' "$2" "$3" "$group" $(($(date +%s) - started)) >&2
}

command -v go >/dev/null || { echo "build.sh: Go is not installed; install Go 1.26 or newer (https://go.dev/dl), then run this again" >&2; exit 1; }

wanted=("${groups[@]}"); print_only=0
if [ "${1:-}" = --print-dir ]; then print_only=1; shift; fi
[ $# -gt 0 ] && wanted=("$@")

bin="$cache/bin-$(for g in "${groups[@]}" node coredns toxiproxy helm3 kubeconform; do key "$g"; done | sha256sum | cut -c1-16)"
if [ "$print_only" -eq 0 ]; then
  mkdir -p "$cache" "$bin"
  exec 9>"$cache/.lock"; flock 9 # two checkouts may build at once; the second waits and then finds it done
  i=0
  for g in "${wanted[@]}"; do
    i=$((i + 1)); build "$g" "$i" "${#wanted[@]}"
    for f in "$cache/$g-$(key "$g")"/*; do [ -x "$f" ] && ln -sf "$f" "$bin/"; done
  done
fi
echo "$bin"
