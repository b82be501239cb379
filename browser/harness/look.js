// How a page is looked at: on what, in which language, in which light, with scripts or without.

const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const DESKTOP = { viewport: { width: 1280, height: 800 } };

const USUAL = { device: 'phone', language: 'en', light: 'light', script: true };

/** A way to look; what is left out is as most customers have it: a phone, English, light, scripts. */
export function look(differences = {}) {
  const all = { ...USUAL, ...differences };
  const words = [all.device, all.language, all.light, all.script ? '' : 'no script'];
  return { ...all, name: words.filter((word) => word && word !== 'light').join(', ') };
}

/** Every combination of the given choices: `looks({ device: ['phone', 'desktop'], script: [true, false] })`. */
export function looks(choices) {
  let all = [{}];
  for (const [choice, values] of Object.entries(choices)) {
    all = all.flatMap((chosen) => values.map((value) => ({ ...chosen, [choice]: value })));
  }
  return all.map(look);
}

/** Four ways in which each device, each language and each side of a third choice meet in pairs: `pairs({ script: false })`. */
export function pairs(third) {
  const four = [{}, { device: 'desktop', language: 'hi' }, { language: 'hi', ...third }, { device: 'desktop', ...third }];
  return four.map(look);
}

export const LANGUAGES = ['en', 'hi'];
export const SCRIPTS = [true, false];

/** The same in the words of the browser's driver. */
export function contextOptions({ device, language, light, script }) {
  return {
    ...(device === 'phone' ? PHONE : DESKTOP),
    locale: `${language}-IN`,
    timezoneId: 'Asia/Kolkata',
    colorScheme: light,
    javaScriptEnabled: script,
    reducedMotion: 'reduce',
    ignoreHTTPSErrors: true,
  };
}
