#!/usr/bin/env bash
# Process 1 of a node's own machine: runs inside fresh mount, network and process namespaces, makes them look like a
# machine, writes DIR/ready, and then only reaps. When it ends the kernel ends every process in it and drops every mount,
# interface and iptables chain, so that nothing of a node can outlive it, not even after kill -9.
#
#   machine.sh DIR     DIR: the node's own folder (test/peers/node/machine.ts says what lies in it)
set -euo pipefail
dir=$1

mount --make-rshared / # kubelet and containerd pass mounts on to containers; none of them reaches the machine outside
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run # sockets, network namespaces, locks: a reboot empties it
mount --bind "$dir/kubelet" /var/lib/kubelet
mount --bind "$dir/pod-logs" /var/log/pods
mount --bind "$dir/volumes" /var/lib/berth-simulated
mount -t tmpfs tmpfs /var/log/containers
mount -t tmpfs tmpfs /var/lib/cni
mount --bind "$dir/config/resolv.conf" /etc/resolv.conf

hostname "$(cat "$dir/config/hostname")"
ip link set lo up
for key in net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables; do sysctl -q -w "$key=1"; done

touch "$dir/ready"
while :; do sleep 86400 & wait "$!" || true; done
