create schema if not exists content;
grant usage on schema content to tandem_app, tandem_system;

create table content.pieces (
  brand_id     uuid not null,
  id           uuid not null,
  channel      text,
  external_id  text,
  title        text,
  kind         text not null check (kind in ('community', 'live', 'short_video', 'offline')),
  published_at timestamptz,
  recorded     boolean not null default false,
  primary key (brand_id, id)
);

-- What one line of spend amounts to now; revision counts the corrections.
create table content.spend (
  brand_id     uuid not null,
  id           uuid not null,
  spent_at     timestamptz not null,
  amount_minor bigint not null,
  purpose      text not null check (purpose in ('ad', 'sample', 'production', 'other')),
  channel      text,
  campaign     text,
  session_id   uuid,
  content_id   uuid,
  revision     integer not null,
  seen         integer[] not null default '{}',
  primary key (brand_id, id)
);
create index spend_newest on content.spend (brand_id, spent_at desc, id desc);

create table content.exposures (
  brand_id   uuid not null,
  id         uuid not null,
  exposed_at timestamptz not null,
  metric     text not null check (metric in ('media_exposure', 'search_index', 'voice')),
  quantity   bigint not null,
  total      bigint,
  channel    text,
  revision   integer not null,
  seen       integer[] not null default '{}',
  primary key (brand_id, id)
);
create index exposures_newest on content.exposures (brand_id, exposed_at desc, id desc);

do $$
declare name text;
begin
  foreach name in array array['pieces', 'spend', 'exposures'] loop
    execute format('alter table content.%I enable row level security', name);
    execute format(
      'create policy brand on content.%I to tandem_app using (brand_id = current_setting(''tandem.brand_id'')::uuid) with check (brand_id = current_setting(''tandem.brand_id'')::uuid)',
      name);
    execute format('create policy system on content.%I to tandem_system using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on content.%I to tandem_app, tandem_system', name);
  end loop;
end $$;
