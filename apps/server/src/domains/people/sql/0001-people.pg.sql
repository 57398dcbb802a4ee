-- A person as first met. A merge never rewrites rows of this table's identifiers: it links one person under another
-- (`merged_into`), and `root_id` is the surviving person at the top of that chain (itself where there is none).
create table people.person (
  brand_id         uuid not null,
  id               uuid not null,
  root_id          uuid not null,
  merged_into      uuid,
  display_name     text check (length(display_name) <= 200),
  traits           jsonb not null default '{}' check (pg_column_size(traits) <= 16384),
  -- Of this person's own identifiers; `active_at` is the newest of this person and of everyone merged into it.
  first_seen_at    timestamptz not null,
  last_seen_at     timestamptz not null,
  active_at        timestamptz not null,
  -- Version of the newest row of this person that went to `person_override`; it only grows.
  override_version bigint not null default 0,
  primary key (brand_id, id)
) with (fillfactor = 85);
create index person_root on people.person (brand_id, root_id) where root_id <> id;
create index person_merged_into on people.person (brand_id, merged_into) where merged_into is not null;
create index person_recent on people.person (brand_id, active_at desc, id desc) where merged_into is null;
create index person_name on people.person (brand_id, (lower(display_name) collate "C") text_pattern_ops) where display_name is not null;

-- `person_id` is the person the identifier was first attached to, for good; who that is today is `person.root_id`.
create table people.identifier (
  brand_id  uuid not null,
  namespace text collate "C" not null,
  value     text collate "C" not null,
  person_id uuid not null,
  -- Names a human being by itself (phone, member number), as against a device.
  strong    boolean not null,
  primary key (brand_id, namespace, value)
);
create index identifier_person on people.identifier (brand_id, person_id);

create table people.merge (
  brand_id          uuid not null,
  id                uuid not null,
  from_id           uuid not null,
  into_id           uuid not null,
  rule              text not null,
  actor             text not null,
  reason            text not null,
  -- Persons that moved: `from_id` and everyone already merged into it.
  moved             uuid[] not null,
  moved_identifiers integer not null,
  at                timestamptz not null default now(),
  undone_at         timestamptz,
  undone_by         text,
  undone_reason     text,
  primary key (brand_id, id)
);
create index merge_from on people.merge (brand_id, from_id);
create index merge_into on people.merge (brand_id, into_id);

-- Pairs that events tie together and that no rule may merge; a < b.
create table people.merge_candidate (
  brand_id uuid not null,
  id       uuid not null,
  a        uuid not null,
  b        uuid not null check (a < b),
  cause    text not null check (cause in ('both_known', 'too_many_identifiers')),
  evidence jsonb not null,
  seen_at  timestamptz not null default now(),
  state    text not null default 'open' check (state in ('open', 'dismissed', 'merged')),
  primary key (brand_id, id),
  unique (brand_id, a, b)
);
create index merge_candidate_open on people.merge_candidate (brand_id, seen_at desc, id desc) where state = 'open';
create index merge_candidate_b on people.merge_candidate (brand_id, b);

-- Rows that ClickHouse `person_override` has yet to be told.
create table people.override_outbox (
  brand_id  uuid not null,
  seq       bigint generated always as identity,
  person_id uuid not null,
  into_id   uuid not null,
  version   bigint not null,
  deleted   boolean not null,
  primary key (brand_id, seq)
);
create index override_outbox_seq on people.override_outbox (seq);

-- What processes remember holds while these stand: `epoch` (grows with an erasure) for whose an identifier is, `rulings`
-- (grows with a merge or an undoing by a human) for which persons need no tying together.
create table people.brand_state (
  brand_id uuid not null primary key,
  epoch    bigint not null default 0,
  rulings  bigint not null default 0,
  salt     bytea
);

-- Identifiers of erased persons, as HMAC-SHA-256 under the brand's salt: they never resolve again.
create table people.tombstone (
  brand_id uuid not null,
  digest   bytea not null,
  primary key (brand_id, digest)
);

-- Erasures and how far ClickHouse has followed; the ids of the persons are dropped once it has.
create table people.erasure (
  brand_id     uuid not null,
  id           uuid not null,
  person_ids   uuid[] not null,
  identifiers  integer not null,
  events       bigint not null default 0,
  requested_at timestamptz not null default now(),
  sweeps       integer not null default 0,
  next_sweep_at timestamptz not null default now(),
  finished_at  timestamptz,
  primary key (brand_id, id)
);
create index erasure_due on people.erasure (next_sweep_at) where finished_at is null;

grant usage on schema people to tandem_app, tandem_system;
do $$
declare t text;
begin
  foreach t in array array['person', 'identifier', 'merge', 'merge_candidate', 'override_outbox', 'brand_state', 'tombstone', 'erasure'] loop
    execute format('alter table people.%I enable row level security', t);
    execute format('create policy brand on people.%I to tandem_app using (brand_id = current_setting(''tandem.brand_id'')::uuid) with check (brand_id = current_setting(''tandem.brand_id'')::uuid)', t);
    execute format('create policy system on people.%I to tandem_system using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on people.%I to tandem_app, tandem_system', t);
  end loop;
end $$;
