/** The site of docs/. `npm run docs` puts its pages together below out/docs and builds out/docs/site; a link that leads nowhere fails it. */
/** `npm run check` wants to know whether it builds, and no more. */
const isCheck = process.env.DOCS_CHECK === '1';
const page = (text, link) => ({ text, link });
const elements = ['source', 'filter', 'sync', 'alternate', 'ipl', 'sink', 'record', 'publish', 'preview'];

export default {
  title: 'gst-ipl',
  description: 'Real-time multi-exposure fusion for GStreamer pipelines',
  base: process.env.DOCS_BASE ?? '/',
  srcDir: '../out/docs/pages',
  outDir: '../out/docs/site',
  cacheDir: '../out/docs/cache',
  cleanUrls: false,
  lastUpdated: false,
  // A graph's `${name}` and `{{...}}` of Prometheus are text, and so is what TypeDoc writes of types.
  markdown: { config: (md) => { md.renderer.rules.html_inline = (tokens, index) => md.utils.escapeHtml(tokens[index].content); } },
  vite: { build: { minify: !isCheck } },
  themeConfig: {
    ...(isCheck ? {} : { search: { provider: 'local' } }),
    outline: [2, 3],
    nav: [page('Tutorial', '/tutorial'), page('Elements', '/elements/'), page('API', '/api/'), page('Changes', '/changelog')],
    sidebar: [
      { text: 'Start', items: [page('What it is', '/'), page('Install', '/install'), page('Tutorial', '/tutorial'), page('Coming from other tools', '/coming-from')] },
      { text: 'Use', items: [page('Photographs', '/stills'), page('Graph files', '/graphs'), page('Cameras', '/cameras'), page('Rigs and line-up', '/rigs'), page('Outputs', '/outputs'), page('Sound', '/sound'), page('HDR', '/hdr'), page('In code', '/code'), page('GPU', '/gpu')] },
      { text: 'Operate', items: [page('Monitoring', '/monitoring'), page('Deployment', '/deployment'), page('Sizing', '/sizing'), page('Troubleshooting', '/troubleshooting'), page('Security', '/security')] },
      { text: 'Elements', items: elements.map((name) => page(name, `/elements/${name}`)) },
      { text: 'Reference', items: [page('Metrics', '/metrics'), page('API', '/api/'), page('How it works', '/how-it-works'), page('Licences', '/licences'), page('Changes', '/changelog')] },
    ],
  },
};
