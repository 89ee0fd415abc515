/** What a browser without a session sees. Plain, because the policy allows nothing inline and nothing else is open to it. */
export const LOGIN_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>gst-ipl: log in</title>
<h1>gst-ipl</h1>
<form method="post" action="/login">
  <p><label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
  <button>Log in</button></p>
</form>
</html>
`;
