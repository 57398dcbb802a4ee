/**
 * Every refusal that a person or a program can meet: a stable code, the HTTP status it answers with, and the sentence in
 * both languages. `{name}` is filled from the refusal's parameters. `docs/errors.md` is generated from this table.
 */
export const refusals = {
  'request.invalid': [400, '{detail}', '{detail}'],
  'request.unknown_field': [
    400,
    'The field "{field}" is not known here; nothing was changed. Remove it or check its spelling.',
    '不认识字段“{field}”，未做任何更改。请删除它或检查拼写。',
  ],
  'request.body_unreadable': [
    400,
    'The request body could not be read as {expected}; nothing was stored. {detail}',
    '无法按 {expected} 读取请求内容，未保存任何数据。{detail}',
  ],
  'request.too_large': [
    413,
    'The request is larger than {limit}; nothing was stored. Send it in smaller parts.',
    '请求超过 {limit}，未保存任何数据。请分批发送。',
  ],
  'request.not_found': [404, 'There is nothing at this address.', '此地址没有内容。'],
  'auth.required': [401, 'Sign in or send an API key.', '请登录或提供 API 密钥。'],
  'auth.expired': [
    401,
    'The session or key has expired or was revoked. Sign in again.',
    '会话或密钥已过期或被撤销，请重新登录。',
  ],
  'auth.wrong_password': [401, 'The e-mail address or the password is wrong.', '邮箱或密码不正确。'],
  'auth.too_many_attempts': [
    429,
    'Too many attempts. Try again in {seconds} s.',
    '尝试次数过多，请在 {seconds} 秒后再试。',
  ],
  'auth.link_used': [
    410,
    'This one-time link was used or is out of date. Restart Tandem, or run "npx tandem link", to get a new one.',
    '此一次性链接已使用或已过期。请重启 Tandem 或运行 “npx tandem link” 获取新链接。',
  ],
  'auth.forbidden': [
    403,
    'Your role does not allow this ({permission}). Ask an owner of the brand.',
    '您的角色无权执行此操作（{permission}），请联系品牌所有者。',
  ],
  'auth.wrong_brand': [403, 'This sign-in or key does not give access to that brand.', '此登录或密钥无权访问该品牌。'],
  'auth.brand_required': [400, 'Name the brand with the header Tandem-Brand.', '请用请求头 Tandem-Brand 指明品牌。'],
  'auth.cross_site': [403, 'This request came from another site and was refused.', '该请求来自其他网站，已被拒绝。'],
  'brand.not_found': [404, 'There is no brand {id}.', '没有品牌 {id}。'],
  'brand.invalid': [400, '{detail}', '{detail}'],
  'brand.zone_fixed': [
    409,
    'The time zone and currency of a brand cannot change once it has events; nothing was changed.',
    '品牌已有事件后不能更改时区和币种，未做任何更改。',
  ],
  'brand.label_fixed': [
    409,
    'The brand {name} already has data that were not simulated; nothing was changed. Simulate into a new brand: leave out --brand.',
    '品牌“{name}”已有非模拟数据，未做任何更改。请省略 --brand，改为模拟到新品牌。',
  ],
  'simulation.other_history': [
    409,
    'The brand {name} already holds another simulated history than that of seed {seed} with {members} members from {start} on; nothing was written. Repeat it with the options it was made with, or leave out --brand for a new brand.',
    '品牌“{name}”已有另一段模拟历史，与种子 {seed}、{members} 名会员、{start} 起的历史不同；未写入任何内容。请使用当初的参数重复运行，或省略 --brand 新建品牌。',
  ],
  'simulation.future': [
    400,
    'A history of {days} days from {start} on would end after yesterday; nothing was written. The latest start is {latest}.',
    '从 {start} 起 {days} 天的历史会超过昨天；未写入任何内容。最晚可从 {latest} 开始。',
  ],
  'staff.exists': [409, '{email} is already a member of this brand.', '{email} 已是此品牌成员。'],
  'staff.not_found': [404, 'This person is not a member of the brand.', '此人不是该品牌成员。'],
  'staff.last_owner': [
    409,
    'A brand needs at least one owner; nothing was changed. Make someone else an owner first.',
    '品牌至少需要一位所有者，未做任何更改。请先设置另一位所有者。',
  ],
  'staff.invalid_password': [
    400,
    'The password needs at least 8 and at most 128 characters.',
    '密码长度需为 8 至 128 个字符。',
  ],
  'key.not_found': [404, 'There is no such API key.', '没有该 API 密钥。'],
  'events.backlog_full': [
    429,
    'The pipeline has {pending} events waiting; these were not stored. Send them again in {seconds} s.',
    '管道中有 {pending} 个事件待处理，本次事件未保存。请在 {seconds} 秒后重发。',
  ],
  'events.too_many': [
    413,
    'A request may hold up to {limit} events; nothing was stored. Send it in smaller parts.',
    '每次请求最多 {limit} 个事件，未保存任何数据。请分批发送。',
  ],
  'events.quarantine_not_found': [404, 'There is no such quarantined event.', '没有该隔离事件。'],
  'person.not_found': [404, 'There is no such person.', '没有此人。'],
  'person.merge_refused': [409, 'These two persons were not merged: {detail}', '未合并这两个人：{detail}'],
  'person.merge_not_found': [404, 'There is no such merge, or it was already undone.', '没有该合并记录，或已撤销。'],
  'import.preset_unknown': [
    400,
    'There is no import preset "{preset}". Known presets: {known}.',
    '没有导入模板“{preset}”。可用模板：{known}。',
  ],
  'import.file_unreadable': [
    400,
    'The file {file} could not be read: {detail} Nothing was imported.',
    '无法读取文件 {file}：{detailZh} 未导入任何数据。',
  ],
  'import.columns_missing': [
    422,
    'The file {file} lacks columns that {preset} needs: {missing}. Found: {found}. Nothing was imported; give a mapping file or choose another preset.',
    '文件 {file} 缺少 {preset} 所需的列：{missing}。现有列：{found}。未导入任何数据，请提供映射文件或更换模板。',
  ],
  'import.mapping_invalid': [
    400,
    'The mapping file is not usable: {detail} Nothing was imported.',
    '映射文件不可用：{detailZh} 未导入任何数据。',
  ],
  'import.upload_not_found': [
    404,
    'The uploaded file {fileId} is not here (any more): an upload is kept for an hour. Send the file again.',
    '上传的文件 {fileId} 不存在或已过期：上传文件保留一小时。请重新上传。',
  ],
  'import.uploads_full': [
    429,
    'The uploads of this brand already take {limit}; this one was not kept. Try again when an import has ended or in an hour.',
    '该品牌的上传文件已占用 {limit}，本次未保存。请待导入结束或一小时后再试。',
  ],
  'import.path_refused': [
    403,
    'Only a command on the same machine may name a file by its path; upload the file instead. Nothing was imported.',
    '只有本机命令可以用路径指定文件，请改为上传。未导入任何数据。',
  ],
  'import.file_changed': [
    409,
    'The file {file} changed while its import was interrupted; the import was not resumed. What was imported stays: import the file again, known rows count as duplicates.',
    '文件 {file} 在导入中断期间发生了变化，未继续导入。已导入的数据保留；请重新导入，已知的行会计为重复。',
  ],
  'import.interrupted': [
    500,
    'The import stopped after line {line} of {file}: {detail} The {read} rows read up to there were imported and stay. Import the file again: known rows count as duplicates.',
    '导入在 {file} 第 {line} 行之后停止：{detailZh} 此前读取的 {read} 行已导入并保留。请重新导入，已知的行会计为重复。',
  ],
  'import.not_found': [404, 'There is no such import.', '没有该导入任务。'],
  'import.not_cancellable': [409, 'This import has already ended.', '该导入任务已结束。'],
  'import.busy': [
    429,
    '{running} imports of this brand are waiting or running; this one was not started. Try again when one has ended.',
    '该品牌已有 {running} 个导入任务在等待或运行，本次未开始。请待其中一个结束后再试。',
  ],
  'kpi.unknown': [404, 'There is no KPI "{id}".', '没有指标“{id}”。'],
  'kpi.query_invalid': [400, '{detail}', '{detail}'],
  'target.invalid': [400, '{detail}', '{detail}'],
  'forecast.model_not_found': [404, 'There is no such model or version.', '没有该模型或版本。'],
  'forecast.model_invalid': [
    422,
    'The model cannot be run and was not kept. {detail}',
    '该模型无法运行，未保存。{detailZh}',
  ],
  'forecast.setup_invalid': [
    422,
    'The setup does not fit the model and was not kept. {detail}',
    '设置与模型不符，未保存。{detailZh}',
  ],
  'forecast.template_fixed': [
    409,
    'This model comes with Tandem and cannot be removed; nothing was changed.',
    '该模型随 Tandem 提供，不能删除；未做任何更改。',
  ],
  'forecast.full': [
    409,
    'This brand already has {limit} {things}; nothing was kept. Remove some first.',
    '该品牌已有 {limit} 个{thingsZh}，未保存。请先删除一些。',
  ],
  'forecast.promotion_invalid': [
    400,
    'The promotion "{name}" is not usable: its days must be real, the first before the end; nothing was changed.',
    '促销“{name}”不可用：日期必须真实存在，且首日早于结束日；未做任何更改。',
  ],
  'forecast.range_invalid': [
    400,
    'There is no complete day of data from {from} to {to}; nothing was started.',
    '{from} 至 {to} 之间没有完整的数据日；未开始。',
  ],
  'forecast.run_not_found': [404, 'There is no such fit or forecast.', '没有该拟合或预测。'],
  'forecast.run_unfinished': [
    409,
    'This fit or forecast has no result yet (it is {state}); nothing was started or changed.',
    '该拟合或预测尚无结果（状态：{state}）；未开始或更改任何内容。',
  ],
  'forecast.run_not_cancellable': [409, 'This fit or forecast has already ended.', '该拟合或预测已结束。'],
  'forecast.run_in_use': [
    409,
    '{count} forecasts or plans build on this run; it was not deleted. Delete those first.',
    '有 {count} 个预测或计划以此为基础，未删除。请先删除它们。',
  ],
  'forecast.run_open': [
    409,
    'This run has not ended; cancel it first. Nothing was deleted.',
    '该任务尚未结束，请先取消。未删除任何内容。',
  ],
  'forecast.busy': [
    429,
    '{running} fits and forecasts of this brand are waiting or running; this one was not started. Try again when one has ended.',
    '该品牌已有 {running} 个拟合或预测在等待或运行，本次未开始。请待其中一个结束后再试。',
  ],
  'forecast.request_invalid': [400, '{detail} Nothing was started.', '{detailZh}未开始。'],
  'forecast.run_failed': [
    500,
    'The computation failed: {detail} Its input is kept; the log has the details.',
    '计算失败：{detail} 输入已保留，详情见日志。',
  ],
  'forecast.run_died': [
    500,
    'The process ended {attempts} times while this was computed, so it was given up. It may need more memory than there is.',
    '计算期间进程已 {attempts} 次中断，已放弃。可能内存不足。',
  ],
  'forecast.memory': [
    500,
    'The computation needed more memory than it may take. Ask for fewer draws or a shorter horizon.',
    '计算所需内存超过上限。请减少抽样数或缩短预测期。',
  ],
  'forecast.result_too_large': [
    422,
    'The result takes {megabytes} MB, which is more than is kept. Ask for fewer draws, scenarios or days.',
    '结果大小为 {megabytes} MB，超过可保存的上限。请减少抽样数、情景数或天数。',
  ],
  'forecast.model_broken': [
    422,
    'The model could not be computed with these data. {detail}',
    '无法用这些数据计算该模型。{detailZh}',
  ],
  'scenario.not_found': [404, 'There is no such scenario.', '没有该情景。'],
  'scenario.invalid': [400, '{detail} Nothing was changed.', '{detailZh}未做任何更改。'],
  'scenario.preset_fixed': [
    409,
    'This scenario comes with the model and cannot be changed; save a copy of it.',
    '该情景随模型提供，不能更改；请另存副本。',
  ],
  'scenario.not_in_forecast': [
    409,
    'This forecast does not hold the scenario as it is now; make a forecast of it first. Nothing was changed.',
    '该预测不包含此情景的当前内容；请先对其进行预测。未做任何更改。',
  ],
  'sample.unknown': [
    404,
    'There is no sample "{name}". Known samples: {known}.',
    '没有示例“{name}”。可用示例：{known}。',
  ],
  'sample.other_currency': [
    409,
    'The sample {name} is in {currency} and the time of {zone}, and this brand already has data in {own}; nothing was loaded. Load it into a new brand.',
    '示例 {name} 使用 {currency} 币种和 {zone} 时区，而此品牌已有 {own} 数据；未加载任何内容。请加载到新品牌。',
  ],
  'service.unavailable': [
    503,
    'The {service} store is not answering; nothing of this request was stored. It is being restarted: try again in {seconds} s.',
    '{service} 存储暂不可用，本次请求未保存，正在重启，请在 {seconds} 秒后重试。',
  ],
  'disk.full': [
    503,
    'The disk is full; nothing of this request was stored. Free some space: Tandem goes on by itself.',
    '磁盘已满，本次请求未保存。请清理磁盘空间，Tandem 会自动继续。',
  ],
  internal: [
    500,
    'Something failed on our side ({requestId}); nothing of this request was stored. The log has the details.',
    '系统内部出错（{requestId}），本次请求未保存。详情见日志。',
  ],
} as const satisfies Record<string, readonly [status: number, en: string, zh: string]>;

export type RefusalCode = keyof typeof refusals;
export type RefusalParams = Record<string, string | number>;

/** A refusal: the request was understood and is not done, for a reason that the caller can act on. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly params: RefusalParams;
  readonly status: number;
  readonly messageZh: string;
  constructor(code: RefusalCode, params: RefusalParams = {}) {
    const [status, en, zh] = refusals[code];
    super(fill(en, params));
    this.name = 'Refusal';
    this.code = code;
    this.params = params;
    this.status = status;
    this.messageZh = fill(zh, params);
  }
}

/** Makes a refusal to throw: `throw refuse('person.not_found')`. */
export function refuse(code: RefusalCode, params?: RefusalParams): Refusal {
  return new Refusal(code, params);
}

/** Thrown where our own code is wrong: it ends as a 500 with an alarm in the log, never as a refusal. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

function fill(sentence: string, params: RefusalParams): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}
