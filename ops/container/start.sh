#!/bin/sh
# Starts what ROLE names. The whole process is replaced by it, so that it gets the signals itself.
#
#   edge      the API and the pages
#   imap      the fleet: holds connections and publishes mail
#   webhook   the fleet: delivers
#   fleet     both roles of the fleet, in one process
#   all       edge and fleet, in two processes: the whole product but Postgres and NATS
#   migrate   changes the schema of the database, and ends
#
# SETTINGS_FILE names a file with lines NAME=value. Variables of the environment win over it.
set -eu
run() {
  exec bun ${SETTINGS_FILE:+"--env-file=$SETTINGS_FILE"} run --no-install "$@"
}
case "${ROLE:-}" in
  edge) run edge/server.ts ;;
  imap | webhook) run fleet/main.ts ;;
  fleet) export ROLE=all && run fleet/main.ts ;;
  all) run ops/container/run-all.ts ;;
  migrate) run db/main.ts ;;
  *) echo "Cannot start: ROLE must be edge, imap, webhook, fleet, all or migrate" >&2 && exit 1 ;;
esac
