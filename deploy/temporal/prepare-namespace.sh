#!/bin/sh
# Waits for the server, then makes the namespace and its search attributes. Safe to run again. TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE are the CLI's own.
set -eu

# A finished flow is known, and its number cannot be used twice, for as long as the retention lasts.
retention=90d

tries=0
until temporal operator cluster health >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ "$tries" -ge 120 ]; then
    echo "Temporal at ${TEMPORAL_ADDRESS} is not healthy after 2 minutes: see the log of the service \"temporal\"" >&2
    exit 1
  fi
  sleep 1
done

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
else
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"
fi

# The frontend learns of a new namespace a few seconds later.
until known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE" 2>/dev/null); do
  tries=$((tries + 1))
  if [ "$tries" -ge 180 ]; then
    echo "namespace ${TEMPORAL_NAMESPACE} cannot be used" >&2
    exit 1
  fi
  sleep 1
done

for name in FlowStage FlowStep BlockedReason MerchantOrderNo FalpayMerchantId FalpayWalletId FalpayCardId; do
  if ! echo "$known" | grep -qw "$name"; then
    temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword
  fi
done
echo "namespace ${TEMPORAL_NAMESPACE} is ready"
