-- Tenants, the staff who may open them, keys of programs, and the trail of every change.
create table access.brands (
  id          uuid primary key,
  name        text not null,
  currency    text not null,
  zone        text not null,
  label       text not null default 'real' check (label in ('real', 'sample', 'simulated')),
  created_at  timestamptz not null default now()
);

create table access.staff (
  brand_id    uuid not null references access.brands (id) on delete cascade,
  user_id     text not null,
  role        text not null check (role in ('owner', 'operator', 'analyst', 'finance', 'viewer')),
  added_at    timestamptz not null default now(),
  primary key (brand_id, user_id)
);
create index staff_by_user on access.staff (user_id);

create table access.api_keys (
  brand_id     uuid not null references access.brands (id) on delete cascade,
  id           uuid not null,
  name         text not null,
  role         text not null check (role in ('owner', 'operator', 'analyst', 'finance', 'viewer')),
  hash         bytea not null unique,
  hint         text not null,
  created_at   timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at   timestamptz,
  primary key (brand_id, id)
);

create table access.audit (
  brand_id  uuid not null references access.brands (id) on delete cascade,
  id        uuid not null,
  at        timestamptz not null default now(),
  actor     text not null,
  action    text not null,
  subject   text not null,
  detail    jsonb not null default '{}',
  primary key (brand_id, id)
);

-- Staff accounts and their browser sessions: one installation, not one brand. Written by better-auth.
create table access.user (
  id              text primary key,
  name            text not null,
  email           text not null unique,
  "emailVerified" boolean not null default false,
  image           text,
  "createdAt"     timestamptz not null default now(),
  "updatedAt"     timestamptz not null default now()
);
create table access.session (
  id          text primary key,
  "expiresAt" timestamptz not null,
  token       text not null unique,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "ipAddress" text,
  "userAgent" text,
  "userId"    text not null references access.user (id) on delete cascade
);
create index session_by_user on access.session ("userId");
create table access.account (
  id                      text primary key,
  "accountId"             text not null,
  "providerId"            text not null,
  "userId"                text not null references access.user (id) on delete cascade,
  "accessToken"           text,
  "refreshToken"          text,
  "idToken"               text,
  "accessTokenExpiresAt"  timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope                   text,
  password                text,
  "createdAt"             timestamptz not null default now(),
  "updatedAt"             timestamptz not null default now()
);
create index account_by_user on access.account ("userId");
create table access.verification (
  id          text primary key,
  identifier  text not null,
  value       text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index verification_by_identifier on access.verification (identifier);

alter table access.brands enable row level security;
create policy brand on access.brands to tandem_app using (id = current_setting('tandem.brand_id')::uuid)
  with check (id = current_setting('tandem.brand_id')::uuid);
create policy system on access.brands to tandem_system using (true) with check (true);
alter table access.staff enable row level security;
create policy brand on access.staff to tandem_app using (brand_id = current_setting('tandem.brand_id')::uuid)
  with check (brand_id = current_setting('tandem.brand_id')::uuid);
create policy system on access.staff to tandem_system using (true) with check (true);
alter table access.api_keys enable row level security;
create policy brand on access.api_keys to tandem_app using (brand_id = current_setting('tandem.brand_id')::uuid)
  with check (brand_id = current_setting('tandem.brand_id')::uuid);
create policy system on access.api_keys to tandem_system using (true) with check (true);
alter table access.audit enable row level security;
create policy brand on access.audit to tandem_app using (brand_id = current_setting('tandem.brand_id')::uuid)
  with check (brand_id = current_setting('tandem.brand_id')::uuid);
create policy system on access.audit to tandem_system using (true) with check (true);

grant usage on schema access to tandem_app, tandem_system;
grant select, insert, update, delete on access.brands, access.staff, access.api_keys to tandem_app, tandem_system;
-- The trail is written and read, never changed.
grant select, insert on access.audit to tandem_app, tandem_system;
grant select, insert, update, delete on access.user, access.session, access.account, access.verification to tandem_system;
grant select on access.user to tandem_app;
