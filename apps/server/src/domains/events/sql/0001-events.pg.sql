-- Events accepted and not yet sealed: one row a request, its events as zstd-compressed NDJSON.
create table events.spool (
  seq         bigint generated always as identity primary key,
  brand_id    uuid not null,
  source      text not null,
  received_at timestamptz not null,
  events      int not null,
  body        bytea not null
);
alter table events.spool alter column body set storage external;
-- Rows live for a second; without this the table would be vacuumed far too seldom.
alter table events.spool set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Every event id that was ever kept, so that what is sent twice counts once. Ids that carry their time (UUID version 7)
-- lie in the partition of their month and are forgotten with it; all others lie in the default partition.
create table events.ledger (
  key_month date not null,
  event_id  uuid not null,
  brand_id  uuid not null,
  primary key (key_month, event_id, brand_id)
) partition by range (key_month);
create table events.ledger_other partition of events.ledger default;

-- A sealed batch is inserted into ClickHouse with its id as the token; until it is done it is sent again, byte for byte.
create sequence events.batch_ids;
create table events.batches (
  id        bigint primary key,
  state     text not null default 'sealed' check (state in ('sealed', 'done')),
  sealed_at timestamptz not null default now(),
  done_at   timestamptz,
  events    int not null,
  tally     jsonb not null,
  body      bytea
);
alter table events.batches alter column body set storage external;
create index batches_open on events.batches (id) where state = 'sealed';
create index batches_done on events.batches (done_at) where state = 'done';
alter table events.batches set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- What the pipeline did with the events of a brand, by the hour of their receipt.
create table events.hourly (
  brand_id    uuid not null,
  hour        timestamptz not null,
  accepted    bigint not null default 0,
  stored      bigint not null default 0,
  duplicate   bigint not null default 0,
  quarantined bigint not null default 0,
  primary key (brand_id, hour)
);

-- Events that could not be understood, kept as they came.
create table events.quarantine (
  brand_id    uuid not null,
  id          uuid not null,
  received_at timestamptz not null,
  source      text not null,
  code        text not null,
  params      jsonb not null default '{}',
  body        text not null,
  primary key (brand_id, id)
);
create index quarantine_by_code on events.quarantine (brand_id, code);

-- Counts up whenever new events of a brand can be queried; what is computed from them is fresh while it stands.
create table events.brand_state (
  brand_id uuid primary key,
  version  bigint not null default 0,
  stored   bigint not null default 0
);

-- Part of every deduplication token. A database restored from a backup gets a new one, since batch ids repeat there.
create table events.epoch (only_row boolean primary key default true check (only_row), epoch uuid not null default gen_random_uuid());
insert into events.epoch default values;

alter table events.spool enable row level security;
create policy brand on events.spool to tandem_app using (brand_id = current_setting('tandem.brand_id')::uuid)
  with check (brand_id = current_setting('tandem.brand_id')::uuid);
create policy system on events.spool to tandem_system using (true) with check (true);
alter table events.ledger enable row level security;
create policy system on events.ledger to tandem_system using (true) with check (true);
alter table events.batches enable row level security;
create policy system on events.batches to tandem_system using (true) with check (true);
alter table events.hourly enable row level security;
create policy brand on events.hourly to tandem_app using (brand_id = current_setting('tandem.brand_id')::uuid)
  with check (brand_id = current_setting('tandem.brand_id')::uuid);
create policy system on events.hourly to tandem_system using (true) with check (true);
alter table events.quarantine enable row level security;
create policy brand on events.quarantine to tandem_app using (brand_id = current_setting('tandem.brand_id')::uuid)
  with check (brand_id = current_setting('tandem.brand_id')::uuid);
create policy system on events.quarantine to tandem_system using (true) with check (true);
alter table events.brand_state enable row level security;
create policy brand on events.brand_state to tandem_app using (brand_id = current_setting('tandem.brand_id')::uuid)
  with check (brand_id = current_setting('tandem.brand_id')::uuid);
create policy system on events.brand_state to tandem_system using (true) with check (true);
alter table events.epoch enable row level security;
create policy system on events.epoch to tandem_system using (true);

grant usage on schema events to tandem_app, tandem_system;
grant select, insert, update, delete on events.spool, events.hourly, events.quarantine, events.brand_state to tandem_app, tandem_system;
grant select, insert, update, delete on events.ledger, events.batches to tandem_system;
grant select on events.epoch to tandem_system;
grant usage on sequence events.batch_ids to tandem_system;
-- Partitions of the ledger are made as months come; only this function may do so.
create function events.ensure_ledger_month(month date) returns void language plpgsql security definer set search_path = pg_catalog as $$
begin
  if to_regclass(format('events.ledger_%s', to_char(month, 'YYYYMM'))) is null then
    execute format('create table if not exists events.%I partition of events.ledger for values from (%L) to (%L)',
      'ledger_' || to_char(month, 'YYYYMM'), month, month + interval '1 month');
  end if;
end $$;
create function events.drop_ledger_before(month date) returns int language plpgsql security definer set search_path = pg_catalog as $$
declare part record; dropped int := 0;
begin
  for part in select c.oid::regclass::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'events.ledger'::regclass and c.relname ~ '^ledger_\d{6}$'
      and to_date(right(c.relname, 6), 'YYYYMM') < month
  loop
    execute 'drop table ' || part.name;
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
revoke all on function events.ensure_ledger_month(date), events.drop_ledger_before(date) from public;
grant execute on function events.ensure_ledger_month(date), events.drop_ledger_before(date) to tandem_system;
