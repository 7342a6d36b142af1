import { existsSync } from 'node:fs';

/** Where distributions put it; `CHROMIUM` names another place. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Undefined where there is none; with CI=true that is an error, not a reason to skip. */
export const chromiumPath = [process.env['CHROMIUM'] ?? '', ...PLACES].find((path) => existsSync(path));
if (chromiumPath === undefined && process.env['CI'] === 'true') {
  throw new Error(`Chromium was not found at ${PLACES.join(', ')}: install it, or set CHROMIUM.`);
}

export const launchOptions = {
  executablePath: chromiumPath ?? '',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
