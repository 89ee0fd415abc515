#!/usr/bin/env node
'use strict';

/**
 * models/train/network/rule.json -> what TypeScript and AssemblyScript read of it: `node scripts/generate-rule.js`.
 * test/ipl/kernels/rule.test.ts fails where the files are not those that this writes.
 */

const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const SOURCE = 'models/train/network/rule.json';
const NOTE = `Written by scripts/generate-rule.js from ${SOURCE}: change it there.`;

/** What AssemblyScript uses, and as which type. */
const ASSEMBLY = { STATISTICS: 'usize', COEFFICIENTS: 'usize', LARGEST_LOGIT: 'i32', BLOCK_SAMPLES: 'i32', CONTRAST_STEP: 'i32' };

const literal = (value) => (typeof value === 'number' ? String(value) : `${JSON.stringify(value)} as const`);

function typescript(entries) {
  const lines = entries.map(([name, { value, says }]) => `/** ${says} */\nexport const ${name} = ${literal(value)};\n`);
  return `/** Numbers of the pixel rule and of the block statistics. ${NOTE} */\n\n${lines.join('\n')}`;
}

function assemblyscript(entries) {
  const lines = entries.filter(([name]) => ASSEMBLY[name]).map(([name, { value, says }]) => {
    const [count, about] = Array.isArray(value) ? [value.length, `How many: ${says}`] : [value, says];
    return `/** ${about} */\nexport const ${name}: ${ASSEMBLY[name]} = ${count};\n`;
  });
  return `// Numbers of the pixel rule and of the block statistics. ${NOTE}\n\n${lines.join('\n')}`;
}

/** @returns {Record<string, string>} text by path */
function generated() {
  const entries = Object.entries(JSON.parse(readFileSync(join(ROOT, SOURCE), 'utf8'))).filter(([name]) => name !== '_');
  return {
    'plugin/ipl/kernels/rule.generated.ts': typescript(entries),
    'plugin/ipl/kernels/assembly/rule.generated.ts': assemblyscript(entries),
  };
}

module.exports = { generated };

if (require.main === module) {
  for (const [file, text] of Object.entries(generated())) writeFileSync(join(ROOT, file), text);
}
