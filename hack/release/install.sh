#!/usr/bin/env bash
# Installs the container engine that the image is tried on, and the shell that the devnet asks for there.
exec "$(dirname "$0")/../debian-packages.sh" 'image' docker.io busybox-static
