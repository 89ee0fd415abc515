/** The program of the processes that measure: `measured.ts MODULE SETTINGS` prints the module's rows as JSON. */
import path from 'node:path';
import { MARK } from './child';
import type { Row } from './rows';

async function main(name: string, settings: string): Promise<void> {
  const { measure } = (await import(path.join(__dirname, name))) as { measure(settings: object): Promise<Row[]> };
  const rows = await measure(JSON.parse(settings) as object);
  console.log(MARK + JSON.stringify(rows));
}

const [, , name = '', settings = '{}'] = process.argv;
main(name, settings).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
