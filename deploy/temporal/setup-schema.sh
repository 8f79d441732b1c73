#!/bin/sh
# Brings Temporal's two databases to the schema of this image's server version. Run at every start: it does nothing
# where nothing is to be done, and it is what upgrades the schema before a newer server starts.
set -eu
for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  schema=${pair##*:}
  # The password is read from SQL_PASSWORD, so that it is in no process list.
  sql_tool="temporal-sql-tool --plugin postgres12 --endpoint postgres --port 5432 --user temporal --database $database"
  $sql_tool setup-schema --version 0.0
  $sql_tool update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
