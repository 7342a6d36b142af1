import { existsSync } from 'node:fs';

/** Where distributions install Chromium; `CHROMIUM` names another path. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Undefined without Chromium; with CI=true a missing Chromium is an error, not a reason to skip. */
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
