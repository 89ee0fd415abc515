'use strict';

/** Which files are pages of the site, and how their links, which are those of the repository, lead from page to page. */

const { readdirSync } = require('node:fs');
const { join, posix } = require('node:path');

/** Pages whose files are elsewhere, because GitHub and npm look for them there. */
const ELSEWHERE = { 'security.md': 'SECURITY.md', 'changelog.md': 'CHANGELOG.md', 'example-graphs.md': 'graphs/README.md', 'model-card.md': 'models/MODEL_CARD.md' };
/** Files that pages show. */
const ASSETS = { 'contact-sheet.jpg': 'examples/media/contact-sheet.jpg' };

/** @returns {Record<string, string>} files of the repository by page */
function pagesOf(root) {
  const own = readdirSync(join(root, 'docs'), { recursive: true }).map(String).filter((file) => file.endsWith('.md') && !file.startsWith('.'));
  return { ...Object.fromEntries(own.map((file) => [file, `docs/${file}`])), ...ELSEWHERE };
}

const pageFor = (file) => {
  if (file.startsWith('docs/')) return file.slice('docs/'.length);
  return [...Object.entries(ELSEWHERE), ...Object.entries(ASSETS)].find(([, one]) => one === file)?.[0];
};

/** A page's text, with links between pages. What is no page stays as text: the site does not have it. */
function pageOf(file, text) {
  const here = pageFor(file) ?? file;
  return text.replace(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, (whole, image, label, link) => {
    if (/^([a-z]+:|#)/.test(link)) return whole;
    const [to = '', anchor] = link.split('#');
    const target = pageFor(posix.join(posix.dirname(file), to));
    if (target === undefined) return label;
    const relative = posix.relative(posix.dirname(here), target);
    return `${image}[${label}](./${relative}${anchor === undefined ? '' : `#${anchor}`})`;
  });
}

module.exports = { pageOf, pagesOf };
