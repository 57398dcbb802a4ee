grant usage on schema metrics to tandem_app, tandem_system;

-- Goals that a brand has set itself, by KPI and quarter. Where it has none, the goals of the template hold.
create table metrics.targets (
  brand_id   uuid not null,
  kpi        text not null,
  quarter    text not null check (quarter ~ '^[0-9]{4}Q[1-4]$'),
  value      double precision not null,
  updated_at timestamptz not null default now(),
  updated_by text not null,
  primary key (brand_id, kpi, quarter)
);

alter table metrics.targets enable row level security;
create policy brand on metrics.targets to tandem_app
  using (brand_id = current_setting('tandem.brand_id')::uuid)
  with check (brand_id = current_setting('tandem.brand_id')::uuid);
create policy system on metrics.targets to tandem_system using (true) with check (true);
grant select, insert, update, delete on metrics.targets to tandem_app, tandem_system;
