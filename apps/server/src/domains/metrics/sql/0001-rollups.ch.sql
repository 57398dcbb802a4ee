-- Sums a day, a type and one dimension at a time (never the cross product). `dim = 'all'` is the whole; `variant` is the
-- kind within a type (purpose of a spend, kind of a piece, metric of an exposure, reason of an exclusion, who invites,
-- whether the cost of a sale is known); `flag` marks values that the source itself calls not final.
CREATE TABLE kpi_day (
  brand_id     UUID,
  dim          LowCardinality(String),
  type         LowCardinality(String),
  day          Date,
  dim_value    String,
  events       UInt64,
  quantity     Int64,
  amount_minor Int64
) ENGINE = {SummingMergeTree((events, quantity, amount_minor))}
PARTITION BY toYYYYMM(day)
ORDER BY (brand_id, dim, type, day, dim_value)
SETTINGS {dedup};

CREATE MATERIALIZED VIEW kpi_day_mv TO kpi_day AS
SELECT brand_id, d.1 AS dim, type, day, d.2 AS dim_value, count() AS events, sum(quantity) AS quantity, sum(amount_minor) AS amount_minor
FROM events
ARRAY JOIN arrayFilter(x -> x.1 = 'all' OR x.2 != '', [
  ('all', ''), ('strand', toString(strand)), ('channel', toString(channel)), ('community', toString(community_id)),
  ('group', toString(group_id)), ('room', toString(room_id)), ('session', toString(session_id)),
  ('product', toString(product_id)), ('koc', toString(partner_id)),
  ('customer', if(person_id = toUUID('00000000-0000-0000-0000-000000000000'), 'unknown', 'known')),
  ('variant', multiIf(
    type = 'spend.recorded', if(JSONExtractString(props, 'purpose') = '', 'ad', JSONExtractString(props, 'purpose')),
    type = 'content.published', JSONExtractString(props, 'kind'),
    type = 'exposure.recorded', JSONExtractString(props, 'metric'),
    type = 'order.excluded', JSONExtractString(props, 'reason'),
    type IN ('invite.sent', 'invite.accepted'), if(JSONExtractBool(props, 'seed'), 'seed', 'member'),
    type = 'order.paid', if(JSONHas(props, 'costMinor'), 'cost_known', 'cost_unknown'),
    '')),
  ('flag', if(position(props, '"notFinal"') > 0, 'not_final', ''))
]) AS d
GROUP BY brand_id, dim, type, day, dim_value;

-- Who did what on which day: the source of everything that counts people.
CREATE TABLE person_day (
  brand_id     UUID,
  type         LowCardinality(String),
  day          Date,
  person_id    UUID,
  events       SimpleAggregateFunction(sum, UInt64),
  quantity     SimpleAggregateFunction(sum, Int64),
  amount_minor SimpleAggregateFunction(sum, Int64),
  first_at     SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
  last_at      SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
) ENGINE = {AggregatingMergeTree}
PARTITION BY toYYYYMM(day)
ORDER BY (brand_id, type, day, person_id)
SETTINGS {dedup};

CREATE MATERIALIZED VIEW person_day_mv TO person_day AS
SELECT brand_id, type, day, person_id, count() AS events, sum(quantity) AS quantity, sum(amount_minor) AS amount_minor,
  min(occurred_at) AS first_at, max(occurred_at) AS last_at
FROM events
WHERE person_id != toUUID('00000000-0000-0000-0000-000000000000')
GROUP BY brand_id, type, day, person_id;

-- The first day on which a person did anything by their own act (`any`) or bought (`order`). The acts are those of acts.ts.
CREATE TABLE person_first (
  brand_id  UUID,
  act       LowCardinality(String),
  person_id UUID,
  first_day SimpleAggregateFunction(min, Date)
) ENGINE = {AggregatingMergeTree}
ORDER BY (brand_id, act, person_id)
SETTINGS {dedup};

CREATE MATERIALIZED VIEW person_first_mv TO person_first AS
SELECT brand_id, arrayJoin(if(type = 'order.paid', ['any', 'order'], ['any'])) AS act, person_id, min(day) AS first_day
FROM events
WHERE person_id != toUUID('00000000-0000-0000-0000-000000000000') AND type IN (
  'member.joined', 'group.joined', 'post.created', 'message.sent', 'checkin.done', 'invite.sent', 'invite.accepted',
  'survey.answered', 'content.viewed', 'live.subscribed', 'live.entered', 'danmaku.sent', 'live.liked', 'live.shared',
  'live.followed', 'product.clicked', 'cart.added', 'coupon.claimed', 'coupon.redeemed', 'order.placed', 'order.paid')
GROUP BY brand_id, act, person_id;

-- On which days of a month a person acted, one bit a day (bit 0 = the 1st): any own act, acts in communities, entries into
-- live sessions, joinings of groups. Who was active when, who came back and who crossed from one strand to the other are
-- then bit operations over one short row a person and month.
CREATE TABLE person_month (
  brand_id  UUID,
  month     Date,
  person_id UUID,
  acts      SimpleAggregateFunction(groupBitOr, UInt32),
  community SimpleAggregateFunction(groupBitOr, UInt32),
  live      SimpleAggregateFunction(groupBitOr, UInt32),
  joined    SimpleAggregateFunction(groupBitOr, UInt32)
) ENGINE = {AggregatingMergeTree}
PARTITION BY toYYYYMM(month)
ORDER BY (brand_id, month, person_id)
SETTINGS {dedup};

CREATE MATERIALIZED VIEW person_month_mv TO person_month AS
SELECT brand_id, toStartOfMonth(day) AS month, person_id,
  groupBitOr(bitShiftLeft(toUInt32(1), toDayOfMonth(day) - 1)) AS acts,
  groupBitOr(if(type IN ('group.joined', 'post.created', 'message.sent', 'checkin.done', 'invite.sent', 'invite.accepted'),
    bitShiftLeft(toUInt32(1), toDayOfMonth(day) - 1), toUInt32(0))) AS community,
  groupBitOr(if(type = 'live.entered', bitShiftLeft(toUInt32(1), toDayOfMonth(day) - 1), toUInt32(0))) AS live,
  groupBitOr(if(type = 'group.joined', bitShiftLeft(toUInt32(1), toDayOfMonth(day) - 1), toUInt32(0))) AS joined
FROM events
WHERE person_id != toUUID('00000000-0000-0000-0000-000000000000') AND type IN (
  'member.joined', 'group.joined', 'post.created', 'message.sent', 'checkin.done', 'invite.sent', 'invite.accepted',
  'survey.answered', 'content.viewed', 'live.subscribed', 'live.entered', 'danmaku.sent', 'live.liked', 'live.shared',
  'live.followed', 'product.clicked', 'cart.added', 'coupon.claimed', 'coupon.redeemed', 'order.placed', 'order.paid')
GROUP BY brand_id, month, person_id;

-- What a platform reported about a live session, the newest report winning.
CREATE TABLE session_figures (
  brand_id               UUID,
  session_id             String,
  room_id                LowCardinality(String),
  channel                LowCardinality(String),
  day                    Date,
  started_at             DateTime64(3, 'UTC'),
  version                UInt64,
  duration_seconds       Nullable(Float64),
  exposures              Nullable(Int64),
  exposure_users         Nullable(Int64),
  views                  Nullable(Int64),
  viewers                Nullable(Int64),
  peak_concurrent        Nullable(Float64),
  average_concurrent     Nullable(Float64),
  average_watch_seconds  Nullable(Float64),
  comments               Nullable(Int64),
  likes                  Nullable(Int64),
  shares                 Nullable(Int64),
  interaction_users      Nullable(Int64),
  new_followers          Nullable(Int64),
  product_impressions    Nullable(Int64),
  product_clicks         Nullable(Int64),
  product_click_users    Nullable(Int64),
  orders                 Nullable(Int64),
  buyers                 Nullable(Int64),
  items                  Nullable(Int64),
  gmv_minor              Nullable(Int64),
  refund_minor           Nullable(Int64),
  ad_spend_minor         Nullable(Int64),
  new_group_members      Nullable(Int64)
) ENGINE = {ReplacingMergeTree(version)}
ORDER BY (brand_id, session_id)
SETTINGS {dedup};

CREATE MATERIALIZED VIEW session_figures_mv TO session_figures AS
SELECT brand_id, toString(session_id) AS session_id, room_id, channel, day, occurred_at AS started_at,
  JSONExtractUInt(props, 'version') AS version,
  JSONExtract(props, 'durationSeconds', 'Nullable(Float64)') AS duration_seconds,
  JSONExtract(props, 'exposures', 'Nullable(Int64)') AS exposures,
  JSONExtract(props, 'exposureUsers', 'Nullable(Int64)') AS exposure_users,
  JSONExtract(props, 'views', 'Nullable(Int64)') AS views,
  JSONExtract(props, 'viewers', 'Nullable(Int64)') AS viewers,
  JSONExtract(props, 'peakConcurrent', 'Nullable(Float64)') AS peak_concurrent,
  JSONExtract(props, 'averageConcurrent', 'Nullable(Float64)') AS average_concurrent,
  JSONExtract(props, 'averageWatchSeconds', 'Nullable(Float64)') AS average_watch_seconds,
  JSONExtract(props, 'comments', 'Nullable(Int64)') AS comments,
  JSONExtract(props, 'likes', 'Nullable(Int64)') AS likes,
  JSONExtract(props, 'shares', 'Nullable(Int64)') AS shares,
  JSONExtract(props, 'interactionUsers', 'Nullable(Int64)') AS interaction_users,
  JSONExtract(props, 'newFollowers', 'Nullable(Int64)') AS new_followers,
  JSONExtract(props, 'productImpressions', 'Nullable(Int64)') AS product_impressions,
  JSONExtract(props, 'productClicks', 'Nullable(Int64)') AS product_clicks,
  JSONExtract(props, 'productClickUsers', 'Nullable(Int64)') AS product_click_users,
  JSONExtract(props, 'orders', 'Nullable(Int64)') AS orders,
  JSONExtract(props, 'buyers', 'Nullable(Int64)') AS buyers,
  JSONExtract(props, 'items', 'Nullable(Int64)') AS items,
  JSONExtract(props, 'gmvMinor', 'Nullable(Int64)') AS gmv_minor,
  JSONExtract(props, 'refundMinor', 'Nullable(Int64)') AS refund_minor,
  JSONExtract(props, 'adSpendMinor', 'Nullable(Int64)') AS ad_spend_minor,
  JSONExtract(props, 'newGroupMembers', 'Nullable(Int64)') AS new_group_members
FROM events WHERE type = 'session.reported';
