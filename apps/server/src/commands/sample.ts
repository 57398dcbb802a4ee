import { parseArgs } from 'node:util';
import type { Import } from '../domains/imports/schema.ts';
import { connect } from './connect.ts';
import { follow, tell } from './import.ts';
import { UsageError } from './usage.ts';

/** `tandem sample NAME`: loads a sample that comes with Tandem, into a brand of its own unless one is named. */
export async function sampleCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string', default: './data' },
      json: { type: 'boolean', default: false },
      brand: { type: 'string' },
    },
  });
  const name = positionals[0];
  if (!name) throw new UsageError('sample needs a name: online-retail.');
  const connection = await connect(values.data);
  try {
    const brandId =
      values.brand ?? (await connection.api().send<{ brandId: string }>('POST', `/samples/${name}/brand`)).brandId;
    const api = connection.api(brandId);
    const ended = await follow(api, await api.send<Import>('POST', `/samples/${name}`));
    process.stderr.write(`brand ${brandId}\n`);
    return await tell(api, ended, values.json);
  } finally {
    await connection.close();
  }
}
