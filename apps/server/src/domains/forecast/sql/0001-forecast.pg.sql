grant usage on schema forecast to tandem_app, tandem_system;

-- Models that a brand has uploaded, or templates whose setup it has changed. Templates as they come are files.
create table forecast.models (
  brand_id    uuid        not null,
  id          uuid        not null,
  name        text        not null,
  actor       text        not null,
  created_at  timestamptz not null,
  -- Taken from the lists; versions that runs were made with stay.
  removed_at  timestamptz,
  primary key (brand_id, id)
);

-- Versions never change: the file, what the file does not say, and the SHA-256 of both.
create table forecast.versions (
  brand_id    uuid        not null,
  model_id    uuid        not null,
  number      integer     not null check (number > 0),
  hash        text        not null,
  xmile_hash  text        not null,
  xmile       text        not null,
  setup       json        not null,
  note        text        not null,
  actor       text        not null,
  created_at  timestamptz not null,
  primary key (brand_id, model_id, number),
  foreign key (brand_id, model_id) references forecast.models (brand_id, id) on delete cascade
);

-- The promotion calendar: the whole of it is set at once.
create table forecast.promotions (
  brand_id    uuid             not null,
  position    integer          not null,
  name        text             not null,
  first_day   date             not null,
  end_day     date             not null,
  depth       double precision not null check (depth between 0 and 1),
  primary key (brand_id, position),
  check (first_day < end_day)
);

-- One row a computation. `input` and `result` are kept to the letter (json, not jsonb), so that bits can be compared.
-- Fits and backtests have model and snapshot in their input; the others take them from their fit.
create table forecast.runs (
  brand_id      uuid             not null,
  id            uuid             not null,
  kind          text             not null check (kind in ('fit', 'forecast', 'backtest', 'explain', 'optimise')),
  state         text             not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  cancelling    boolean          not null default false,
  progress      double precision not null default 0,
  stage_en      text,
  stage_zh      text,
  model_id      uuid             not null,
  model_name    text             not null,
  model_name_zh text             not null,
  model_version integer          not null,
  model_hash    text             not null,
  fit_id        uuid,
  backtest_id   uuid,
  repeats_id    uuid,
  repeat_equal  boolean,
  first_day     date             not null,
  end_day       date             not null,
  snapshot_hash text             not null,
  seed          bigint           not null,
  input         json             not null,
  task_hash     text             not null,
  result        json,
  result_hash   text,
  attempts      integer          not null default 0,
  error_code    text,
  error_en      text,
  error_zh      text,
  actor         text             not null,
  scheduled     boolean          not null default false,
  created_at    timestamptz      not null,
  started_at    timestamptz,
  ended_at      timestamptz,
  seconds       double precision,
  app_version   text             not null,
  primary key (brand_id, id),
  foreign key (brand_id, fit_id) references forecast.runs (brand_id, id),
  foreign key (brand_id, backtest_id) references forecast.runs (brand_id, id)
);
create index runs_open on forecast.runs (created_at, id) where state in ('waiting', 'running');
create index runs_newest on forecast.runs (brand_id, created_at desc, id desc);
create index runs_fit on forecast.runs (brand_id, fit_id) where fit_id is not null;
create index runs_backtest on forecast.runs (brand_id, backtest_id) where backtest_id is not null;

-- A big ensemble on its way through several workers: what is run, and its points in parts. A part is held by the lock
-- on its row, so that the part of a process that dies is free at once.
create table forecast.batches (
  brand_id   uuid        not null,
  id         uuid        not null,
  run_id     uuid        not null,
  task       bytea       not null,
  created_at timestamptz not null default now(),
  primary key (brand_id, id),
  foreign key (brand_id, run_id) references forecast.runs (brand_id, id) on delete cascade
);
create table forecast.parts (
  brand_id   uuid    not null,
  batch_id   uuid    not null,
  number     integer not null,
  first_run  integer not null,
  points     bytea   not null,
  "values"   bytea,
  -- Why it could not be made; a part that failed fails its batch.
  failure    text,
  -- Which process made it.
  made_by    text,
  primary key (brand_id, batch_id, number),
  foreign key (brand_id, batch_id) references forecast.batches (brand_id, id) on delete cascade
);

create table forecast.scenarios (
  brand_id   uuid        not null,
  id         uuid        not null,
  model_id   uuid        not null,
  name       text        not null,
  note       text        not null,
  levers     jsonb       not null,
  couplings  jsonb       not null,
  actor      text        not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (brand_id, id)
);
create index scenarios_model on forecast.scenarios (brand_id, model_id, created_at);

-- What was adopted as the plan; the newest holds. Everything is copied, so that later changes do not reach it.
create table forecast.plans (
  brand_id    uuid        not null,
  id          uuid        not null,
  forecast_id uuid        not null,
  content     jsonb       not null,
  actor       text        not null,
  adopted_at  timestamptz not null,
  primary key (brand_id, id),
  foreign key (brand_id, forecast_id) references forecast.runs (brand_id, id)
);

-- Models that are fitted again by themselves.
create table forecast.schedules (
  brand_id uuid        not null,
  model_id uuid        not null,
  every    text        not null check (every = 'week'),
  next_at  timestamptz not null,
  actor    text        not null,
  primary key (brand_id, model_id)
);
create index schedules_due on forecast.schedules (next_at);

do $$
declare t text;
begin
  foreach t in array array['models', 'versions', 'promotions', 'runs', 'batches', 'parts', 'scenarios', 'plans', 'schedules'] loop
    execute format('alter table forecast.%I enable row level security', t);
    execute format(
      'create policy brand on forecast.%I to tandem_app using (brand_id = current_setting(''tandem.brand_id'')::uuid) with check (brand_id = current_setting(''tandem.brand_id'')::uuid)',
      t);
    execute format('create policy system on forecast.%I to tandem_system using (true) with check (true)', t);
    execute format('grant select, insert, update, delete on forecast.%I to tandem_app, tandem_system', t);
  end loop;
end $$;
