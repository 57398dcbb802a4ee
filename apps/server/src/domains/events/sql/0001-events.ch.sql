-- What happened, one row an event. `day` is the calendar day in the brand's zone; `person_id` is the person the
-- identifiers resolved to when the batch was sealed (nil = nobody), later merges are in `person_override`.
CREATE TABLE events (
  brand_id     UUID,
  type         LowCardinality(String),
  day          Date,
  occurred_at  DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  event_id     UUID,
  person_id    UUID,
  received_at  DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  batch_id     UInt64 CODEC(Delta, ZSTD(1)),
  source       LowCardinality(String),
  strand       LowCardinality(String),
  channel      LowCardinality(String),
  community_id LowCardinality(String),
  group_id     LowCardinality(String),
  room_id      LowCardinality(String),
  session_id   LowCardinality(String),
  product_id   LowCardinality(String),
  partner_id   LowCardinality(String),
  content_id   LowCardinality(String),
  coupon_id    LowCardinality(String),
  order_id     String CODEC(ZSTD(1)),
  h3           String CODEC(ZSTD(1)),
  quantity     Int64 CODEC(T64, ZSTD(1)),
  amount_minor Int64 CODEC(T64, ZSTD(1)),
  currency     LowCardinality(String),
  props        String CODEC(ZSTD(3)),
  INDEX ix_person person_id TYPE bloom_filter(0.01) GRANULARITY 2,
  INDEX ix_session session_id TYPE bloom_filter(0.01) GRANULARITY 2,
  INDEX ix_batch batch_id TYPE minmax GRANULARITY 1
) ENGINE = {MergeTree}
PARTITION BY toYYYYMM(day)
ORDER BY (brand_id, type, day, person_id, event_id)
SETTINGS {dedup};

-- Which person a person was merged into; reading sides apply it, so that undoing a merge is one more row.
CREATE TABLE person_override (
  brand_id  UUID,
  person_id UUID,
  into_id   UUID,
  version   UInt64,
  deleted   UInt8
) ENGINE = {ReplacingMergeTree(version)}
ORDER BY (brand_id, person_id)
SETTINGS index_granularity = 512;
