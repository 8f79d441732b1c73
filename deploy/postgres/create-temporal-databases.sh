#!/bin/sh
# Run by the postgres image once, on an empty volume: Temporal's databases with a role of their own, which cannot
# enter the product's. Their tables are made by deploy/temporal/setup-schema.sh.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set product="$POSTGRES_DB" --set password="$TEMPORAL_POSTGRES_PASSWORD" <<'SQL'
create role temporal login password :'password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database :"product" from public;
SQL
