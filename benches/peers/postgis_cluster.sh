#!/bin/sh
# Makes, or stops, a private PostgreSQL with PostGIS on the loopback address, tuned for one big query.
#   postgis_cluster.sh start FOLDER PORT
#   postgis_cluster.sh stop FOLDER
# Not as root, who may not run initdb. Debian: postgresql-15-postgis-3.
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
case "$1" in
start)
    memory=$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
    cores=$(getconf _NPROCESSORS_ONLN)
    "$bin/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C >/dev/null
    cat >>"$2/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $3
unix_socket_directories = '$2'
shared_buffers = $((memory / 6))MB
work_mem = $((memory / 48))MB
maintenance_work_mem = $((memory / 12))MB
effective_cache_size = $((memory / 2))MB
max_worker_processes = $((cores + 6))
max_parallel_workers_per_gather = $cores
max_parallel_maintenance_workers = $cores
parallel_setup_cost = 0
parallel_tuple_cost = 0
min_parallel_table_scan_size = 0
min_parallel_index_scan_size = 0
random_page_cost = 1.1
jit = off
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 16GB
autovacuum = off
client_connection_check_interval = 1000
CONF
    "$bin/pg_ctl" -D "$2/data" -l "$2/log" -w start >/dev/null
    "$bin/psql" -h 127.0.0.1 -p "$3" -U postgres -d postgres -qc "CREATE EXTENSION postgis"
    ;;
stop)
    "$bin/pg_ctl" -D "$2/data" -m immediate stop >/dev/null
    ;;
esac
