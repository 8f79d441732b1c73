#!/bin/sh
# Run by the postgres image once, on an empty volume. Makes a role for the product and one for Temporal, each the owner
# of its own databases only, and neither a superuser. The tables are made by `speechsense-export migrate` and by
# deploy/temporal/setup-schema.sh.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set superuser="$POSTGRES_USER" --set product="$POSTGRES_DB" \
  --set product_password="$POSTGRES_PASSWORD" --set temporal_password="$TEMPORAL_POSTGRES_PASSWORD" <<'SQL'
create role speechsense login password :'product_password';
alter database :"product" owner to speechsense;
revoke connect on database :"product" from public;
create role temporal login password :'temporal_password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database temporal, temporal_visibility, postgres from public;
-- Without a password the superuser enters by the socket inside the container only, not over the network.
alter role :"superuser" password null;
SQL
