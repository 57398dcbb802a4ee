import { serve } from './commands/serve.ts';

process.exitCode = await serve(process.argv.slice(2).filter((argument) => argument !== 'serve'));
