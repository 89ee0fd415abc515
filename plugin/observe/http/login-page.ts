/** What a browser without a session sees. It brings its own style, which the policy allows by its hash: nothing else is open to it. */
import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --ground: #f4f5f7; --panel: #ffffff; --line: #d3d8de; --text: #1a2129; --accent: #0b5cad; --bad: #c02b2b; font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ground: #11161c; --panel: #1a2129; --line: #33404d; --text: #e6ebf0; --accent: #6cb2f5; --bad: #ff7b72; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--text); }
main { box-sizing: border-box; width: min(24rem, 100vw); padding: 1.5rem; background: var(--panel); border: 1px solid var(--line); border-radius: 0.6rem; }
h1 { font-size: 1.15rem; margin: 0 0 1rem; }
label { display: block; font-weight: 600; margin-bottom: 0.3rem; }
input, button { box-sizing: border-box; width: 100%; min-height: 2.5rem; font: inherit; padding: 0.3rem 0.7rem; border: 1px solid var(--line); border-radius: 0.4rem; background: var(--ground); color: var(--text); }
button { margin-top: 0.8rem; cursor: pointer; background: var(--accent); color: var(--panel); }
[role="alert"] { margin: 0 0 0.8rem; color: var(--bad); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;

/** For `style-src` of the policy. */
export const LOGIN_STYLE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** @param wrong a token was given, and is not the right one */
export function loginPage(wrong: boolean): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>gst-ipl: log in</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>gst-ipl preview</h1>
${wrong ? '<p role="alert">That is not the token. It is what the graph or GST_IPL_TOKEN says.</p>\n' : ''}<form method="post" action="/login">
  <label for="token">Token</label>
  <input id="token" type="password" name="token" autocomplete="current-password" required autofocus>
  <button>Log in</button>
</form>
</main>
</body>
</html>
`;
}
