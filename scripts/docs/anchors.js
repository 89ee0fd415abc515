'use strict';

/** VitePress looks at links to pages, but not at what follows a `#`. */

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join, posix } = require('node:path');

/** Links into pages of a built site whose heading is not there, as `page: link`. */
function deadAnchors(site) {
  const pages = readdirSync(site, { recursive: true }).map(String).filter((file) => file.endsWith('.html'));
  const texts = new Map(pages.map((page) => [page, readFileSync(join(site, page), 'utf8')]));
  const pageAt = (path) => [path, `${path}.html`, posix.join(path, 'index.html')].find((page) => texts.has(page));
  const leads = (page, link) => {
    const [to, anchor] = link.split('#');
    const target = to === '' ? page : pageAt(to.startsWith('/') ? to.slice(1) : posix.join(posix.dirname(page), to));
    if (target === undefined) return existsSync(join(site, posix.dirname(page), to));
    return texts.get(target).includes(`id="${decodeURIComponent(anchor)}"`);
  };
  return pages.flatMap((page) => {
    const links = [...texts.get(page).matchAll(/<a[^>]* href="([^":]*#[^"]+)"/g)].map(([, link]) => link);
    return [...new Set(links)].filter((link) => !leads(page, link)).map((link) => `${page}: ${link}`);
  });
}

module.exports = { deadAnchors };
