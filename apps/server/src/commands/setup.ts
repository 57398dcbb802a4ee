import { parseArgs } from 'node:util';
import { connect } from './connect.ts';
import { UsageError } from './usage.ts';

const common = { data: { type: 'string', default: './data' }, json: { type: 'boolean', default: false } } as const;

/** `tandem setup`: a brand, its owner and an API key, without a browser. */
export async function setupCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      ...common,
      brand: { type: 'string' },
      currency: { type: 'string', default: 'CNY' },
      zone: { type: 'string', default: 'Asia/Shanghai' },
      email: { type: 'string' },
      password: { type: 'string' },
    },
  });
  const { brand: name, email, password, currency, zone } = values;
  if (!name || !email || !password) throw new UsageError('setup needs --brand, --email and --password.');
  const connection = await connect(values.data);
  try {
    const reply = await connection.api().send<{ brandId: string; apiKey: string }>('POST', '/auth/setup', {
      brand: { name, currency, zone },
      email,
      password,
    });
    if (values.json) process.stdout.write(`${JSON.stringify(reply)}\n`);
    else process.stdout.write(`Brand    ${reply.brandId}\nAPI key  ${reply.apiKey}\n         (shown only now)\n`);
    return 0;
  } finally {
    await connection.close();
  }
}

/** `tandem link`: a new one-time link for the server that runs on the data folder. */
export async function linkCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: common });
  const connection = await connect(values.data);
  try {
    const { token } = await connection.api().send<{ token: string }>('POST', '/auth/links');
    const link = `${connection.url}/link?token=${token}`;
    process.stdout.write(values.json ? `${JSON.stringify({ link })}\n` : `${link}\n`);
    return 0;
  } finally {
    await connection.close();
  }
}
