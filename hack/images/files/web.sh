#!/bin/sh
# A web server that says who answers: stands in for nginx. PORT says where; default 80.
mkdir -p /srv
echo "berth web server in $(hostname)" >/srv/index.html
echo "web: listening on ${PORT:-80}"
httpd -f -vv -p "${PORT:-80}" -h /srv &
trap 'kill "$!"; exit 0' TERM INT
wait "$!"
