#!/usr/bin/env bash
# Installs the Debian packages that a real node needs (docs/real-node.md).
exec "$(dirname "$0")/../debian-packages.sh" 'real node' \
  containerd runc containernetworking-plugins iptables conntrack socat busybox-static nginx-light
