create schema if not exists commerce;
grant usage on schema commerce to tandem_app, tandem_system;

-- Products as platforms name them. The name comes from the newest sale that has one.
create table commerce.products (
  brand_id    uuid not null,
  id          uuid not null,
  platform    text not null,
  external_id text,
  sku         text,
  name        text,
  named_at    timestamptz not null,
  created_at  timestamptz not null default now(),
  primary key (brand_id, id)
);

-- Names of rooms, sessions and creators that order files mention and that no other file has described.
create table commerce.mentions (
  brand_id uuid not null,
  kind     text not null check (kind in ('room', 'session', 'partner')),
  id       uuid not null,
  platform text not null,
  name     text not null,
  named_at timestamptz not null,
  primary key (brand_id, kind, id)
);

create table commerce.orders (
  brand_id    uuid not null,
  id          uuid not null,
  platform    text not null,
  order_no    text not null,
  state       text not null check (state in ('placed', 'paid', 'shipped', 'received', 'closed', 'cancelled')),
  placed_at   timestamptz,
  paid_at     timestamptz,
  shop        text,
  guide       text,
  province    text,
  city        text,
  country     text,
  created_at  timestamptz not null default now(),
  primary key (brand_id, id)
);
create index orders_newest on commerce.orders (brand_id, (coalesce(paid_at, placed_at, created_at)) desc, id desc);

-- One line of an order as the newest file has it, and what of it has been recorded as events:
-- recorded is a bit set (1 placed, 2 paid, 4 shipped, 8 received, 16 excluded); gmv_* is the sum of order.paid and
-- order.adjusted; seen holds fingerprints of the versions read, so that an older file read again changes nothing.
create table commerce.order_lines (
  brand_id                 uuid not null,
  id                       uuid not null,
  order_id                 uuid not null,
  line_key                 text not null,
  product_id               uuid,
  state                    text not null check (state in ('placed', 'paid', 'shipped', 'received', 'closed', 'cancelled')),
  quantity                 bigint,
  list_minor               bigint,
  payable_minor            bigint,
  paid_minor               bigint,
  received_minor           bigint,
  freight_minor            bigint,
  discount_platform_minor  bigint,
  discount_merchant_minor  bigint,
  discount_creator_minor   bigint,
  cost_minor               bigint,
  placed_at                timestamptz,
  paid_at                  timestamptz,
  shipped_at               timestamptz,
  received_at              timestamptz,
  closed_at                timestamptz,
  room_id                  uuid,
  session_id               uuid,
  partner_id               uuid,
  channel                  text,
  excluded                 text,
  not_final                text[] not null default '{}',
  refunded_minor           bigint not null default 0,
  refunded_quantity        bigint not null default 0,
  refunded_at              timestamptz,
  recorded                 integer not null default 0,
  gmv_minor                bigint not null default 0,
  gmv_quantity             bigint not null default 0,
  revision                 integer not null default 1,
  seen                     integer[] not null default '{}',
  -- Lines of an order lie together: imports touch few pages, and an order is read in one go.
  primary key (brand_id, order_id, id)
);

create table commerce.refunds (
  brand_id     uuid not null,
  id           uuid not null,
  platform     text not null,
  refund_no    text,
  order_id     uuid,
  line_id      uuid,
  product_id   uuid,
  amount_minor bigint not null check (amount_minor >= 0),
  quantity     bigint not null default 0,
  refunded_at  timestamptz not null,
  time_basis   text not null,
  amount_basis text not null,
  primary key (brand_id, id)
);
create index refunds_newest on commerce.refunds (brand_id, refunded_at desc, id desc);

do $$
declare name text;
begin
  foreach name in array array['products', 'mentions', 'orders', 'order_lines', 'refunds'] loop
    execute format('alter table commerce.%I enable row level security', name);
    execute format(
      'create policy brand on commerce.%I to tandem_app using (brand_id = current_setting(''tandem.brand_id'')::uuid) with check (brand_id = current_setting(''tandem.brand_id'')::uuid)',
      name);
    execute format('create policy system on commerce.%I to tandem_system using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on commerce.%I to tandem_app, tandem_system', name);
  end loop;
end $$;
