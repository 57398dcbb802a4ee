create schema if not exists live;
grant usage on schema live to tandem_app, tandem_system;

create table live.rooms (
  brand_id    uuid not null,
  id          uuid not null,
  platform    text not null,
  external_id text,
  name        text,
  named_at    timestamptz not null,
  primary key (brand_id, id)
);
create index rooms_name on live.rooms (brand_id, platform, name);

-- One broadcast with the newest figures that its platform reported; version counts the reports that said something new,
-- seen holds fingerprints of all reports read, so that an older file read again changes nothing.
create table live.sessions (
  brand_id    uuid not null,
  id          uuid not null,
  room_id     uuid not null,
  platform    text not null,
  external_id text,
  title       text,
  host        text,
  started_at  timestamptz not null,
  ended_at    timestamptz,
  figures     jsonb not null,
  not_final   text[] not null default '{}',
  version     integer not null,
  seen        integer[] not null default '{}',
  primary key (brand_id, id)
);
create index sessions_newest on live.sessions (brand_id, started_at desc, id desc);

create table live.session_reports (
  brand_id   uuid not null,
  session_id uuid not null,
  version    integer not null,
  figures    jsonb not null,
  not_final  text[] not null default '{}',
  source     text not null,
  read_at    timestamptz not null,
  primary key (brand_id, session_id, version)
);

do $$
declare name text;
begin
  foreach name in array array['rooms', 'sessions', 'session_reports'] loop
    execute format('alter table live.%I enable row level security', name);
    execute format(
      'create policy brand on live.%I to tandem_app using (brand_id = current_setting(''tandem.brand_id'')::uuid) with check (brand_id = current_setting(''tandem.brand_id'')::uuid)',
      name);
    execute format('create policy system on live.%I to tandem_system using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on live.%I to tandem_app, tandem_system', name);
  end loop;
end $$;
