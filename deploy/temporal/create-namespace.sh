#!/bin/sh
# Makes the namespace that exports run in, once the server answers; one that is there is left as it is.
set -eu
tries=0
until temporal operator cluster health; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then
    echo 'Temporal did not become healthy within a minute' >&2
    exit 1
  fi
  sleep 2
done
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
