create schema if not exists partners;
grant usage on schema partners to tandem_app, tandem_system;

-- KOCs, creators and promoters as files list them; moves counts joining and leaving.
create table partners.partners (
  brand_id    uuid not null,
  id          uuid not null,
  platform    text not null,
  external_id text not null,
  name        text,
  tier        text,
  state       text not null check (state in ('active', 'left')),
  inviter     text,
  joined_at   timestamptz,
  left_at     timestamptz,
  moves       integer not null,
  seen        integer[] not null default '{}',
  primary key (brand_id, id)
);

alter table partners.partners enable row level security;
create policy brand on partners.partners to tandem_app
  using (brand_id = current_setting('tandem.brand_id')::uuid) with check (brand_id = current_setting('tandem.brand_id')::uuid);
create policy system on partners.partners to tandem_system using (true) with check (true);
grant select, insert, update, delete on partners.partners to tandem_app, tandem_system;
