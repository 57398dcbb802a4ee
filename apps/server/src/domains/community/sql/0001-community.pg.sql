create schema if not exists community;
grant usage on schema community to tandem_app, tandem_system;

create table community.communities (
  brand_id uuid not null,
  id       uuid not null,
  name     text not null,
  primary key (brand_id, id)
);

create table community.groups (
  brand_id     uuid not null,
  id           uuid not null,
  community_id uuid,
  external_id  text,
  name         text not null,
  primary key (brand_id, id)
);

-- That somebody is a member of the brand, or of one of its groups. The id is a digest of who and where: nothing here
-- tells who it is.
create table community.memberships (
  brand_id     uuid not null,
  id           uuid not null,
  community_id uuid,
  group_id     uuid,
  joined_at    timestamptz not null,
  left_at      timestamptz,
  moves        integer not null,
  seen         integer[] not null default '{}',
  primary key (brand_id, id)
);

do $$
declare name text;
begin
  foreach name in array array['communities', 'groups', 'memberships'] loop
    execute format('alter table community.%I enable row level security', name);
    execute format(
      'create policy brand on community.%I to tandem_app using (brand_id = current_setting(''tandem.brand_id'')::uuid) with check (brand_id = current_setting(''tandem.brand_id'')::uuid)',
      name);
    execute format('create policy system on community.%I to tandem_system using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on community.%I to tandem_app, tandem_system', name);
  end loop;
end $$;
