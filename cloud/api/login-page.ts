/** The page that asks for the office's token; `isWrong` after one that was not it. */
export const loginPage = (isWrong: boolean): string => `<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kassahub</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 20vh auto 0; padding: 0 1rem; color: #1d2530; }
input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem .8rem; margin-top: .5rem; border-radius: .5rem; border: 1px solid #9aa5b1; }
button { background: #0b5cab; border-color: #0b5cab; color: #fff; }
[role=alert] { color: #a31515; }
</style>
</head>
<body>
<main>
<h1>Kassahub</h1>
<form method="post" action="/login">
<label for="token">Token van het kantoor <span lang="en">(office token)</span></label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
${isWrong ? '<p role="alert">Dat is niet het token. <span lang="en">That is not the token.</span></p>' : ""}
<button>Aanmelden <span lang="en">(sign in)</span></button>
</form>
</main>
</body>
</html>
`;
