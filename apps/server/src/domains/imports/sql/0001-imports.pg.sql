grant usage on schema imports to tandem_app, tandem_system;

-- One row an import. `cancelling` is a running import that was asked to stop after the chunk in hand.
create table imports.imports (
  brand_id         uuid        not null,
  id               uuid        not null,
  preset           text        not null,
  dry_run          boolean     not null,
  mapping          jsonb,
  state            text        not null check (state in ('waiting', 'running', 'cancelling', 'done', 'cancelled', 'failed')),
  actor            text        not null,
  currency         text        not null,
  zone             text        not null,
  error_code       text,
  error_en         text,
  error_zh         text,
  created_at       timestamptz not null,
  started_at       timestamptz,
  ended_at         timestamptz,
  primary key (brand_id, id)
);
create index imports_open on imports.imports (created_at, id) where state in ('waiting', 'running', 'cancelling');
create index imports_newest on imports.imports (brand_id, created_at desc);

-- The files of an import in their order. `sha256` is set when reading begins; a file that changed is not resumed.
create table imports.files (
  brand_id    uuid    not null,
  import_id   uuid    not null,
  position    integer not null,
  name        text    not null,
  path        text    not null,
  upload_id   uuid,
  size_bytes  bigint  not null,
  sha256      text,
  primary key (brand_id, import_id, position),
  foreign key (brand_id, import_id) references imports.imports (brand_id, id) on delete cascade
);

-- How far an import has come, written in the transaction of each chunk: `rows_done` rows under the header of file
-- `position` are committed, and the counts are of all files up to there.
create table imports.progress (
  brand_id    uuid             not null,
  import_id   uuid             not null,
  position    integer          not null default 0,
  rows_done   bigint           not null default 0,
  line        bigint           not null default 0,
  fraction    double precision not null default 0,
  read        bigint           not null default 0,
  accepted    bigint           not null default 0,
  duplicate   bigint           not null default 0,
  rejected    bigint           not null default 0,
  problems    bigint           not null default 0,
  warnings    bigint           not null default 0,
  notes       jsonb            not null default '{}',
  primary key (brand_id, import_id),
  foreign key (brand_id, import_id) references imports.imports (brand_id, id) on delete cascade,
  check (read = accepted + duplicate + rejected)
);

-- Rejected rows and values that were left out, for the report; bounded per import by the runner.
create table imports.problems (
  brand_id    uuid    not null,
  import_id   uuid    not null,
  seq         bigint  not null,
  warning     boolean not null,
  position    integer not null,
  line        bigint  not null,
  sheet       text,
  column_name text    not null,
  value       text    not null,
  code        text    not null,
  detail      jsonb   not null,
  primary key (brand_id, import_id, seq),
  foreign key (brand_id, import_id) references imports.imports (brand_id, id) on delete cascade
);

-- Files sent ahead of an import, kept until `kept_until` and as long as an import that has not ended needs them.
create table imports.uploads (
  brand_id    uuid        not null,
  id          uuid        not null,
  name        text        not null,
  path        text        not null,
  size_bytes  bigint      not null,
  kept_until  timestamptz not null,
  primary key (brand_id, id)
);

do $$
declare t text;
begin
  foreach t in array array['imports', 'files', 'progress', 'problems', 'uploads'] loop
    execute format('alter table imports.%I enable row level security', t);
    execute format(
      'create policy brand on imports.%I to tandem_app using (brand_id = current_setting(''tandem.brand_id'')::uuid) with check (brand_id = current_setting(''tandem.brand_id'')::uuid)',
      t);
    execute format('create policy system on imports.%I to tandem_system using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on imports.%I to tandem_app, tandem_system', t);
  end loop;
end $$;
