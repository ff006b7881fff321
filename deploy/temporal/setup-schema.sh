#!/bin/sh
# Creates both databases of the Temporal server, or brings them up to this version's schema. Safe to run again.
set -eu

export SQL_PLUGIN=postgres12
export SQL_HOST="${POSTGRES_SEEDS}" SQL_PORT="${DB_PORT}" SQL_USER="${POSTGRES_USER}" SQL_PASSWORD="${POSTGRES_PWD}"
schema=/etc/temporal/schema/postgresql/v12

prepare() {
  temporal-sql-tool --db "$1" create
  # Leaves a database alone that has a later version already.
  temporal-sql-tool --db "$1" setup-schema -v 0.0
  temporal-sql-tool --db "$1" update-schema -d "$schema/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
