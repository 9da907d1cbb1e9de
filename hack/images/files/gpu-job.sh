#!/bin/sh
# A job that prints which devices it was given, burns CPU for BURN_SECONDS (default 2) and then serves what it printed.
# Called by the name of a program that it stands in for (bash, vllm, jupyter) it serves on the port of that program.
name=$(basename "$0")
case $name in
  vllm) port=8000 ;;
  jupyter) port=8888 ;;
  *) port=${PORT:-8080} ;;
esac
[ "$name" = gpu-job ] || echo "gpu-job: stands in for $name $*"

# The device plugin names devices in a variable, or by files in a folder that the variable names.
visible=${NVIDIA_VISIBLE_DEVICES:-}
if [ -d "$visible" ]; then devices=$(ls "$visible"); else devices=$(echo "$visible" | tr ',' ' '); fi
mkdir -p /srv
{
  # shellcheck disable=SC2086 # one word is one device
  set -- $devices
  echo "gpu-job: $# devices"
  for device in "$@"; do echo "gpu-job: device $device"; done
} | tee /srv/index.html

end=$(($(date +%s) + ${BURN_SECONDS:-2}))
rounds=0
while [ "$(date +%s)" -lt "$end" ]; do
  i=0; while [ "$i" -lt 20000 ]; do i=$((i + 1)); done
  rounds=$((rounds + 1)); echo "gpu-job: round $rounds"
done
echo "gpu-job: done after $rounds rounds, serving on $port" | tee -a /srv/index.html
httpd -f -p "$port" -h /srv &
trap 'kill "$!"; exit 0' TERM INT
wait "$!"
