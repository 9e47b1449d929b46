// Keeps the site for use without a network: a service worker over a store of files by their content's hash.
//
// scripts/finish_site.sh writes a line before this one: `const FILES = {path: sha256, ...}`, all files of this version.
// A version is installed once all that everyone needs are in the store, and takes over when no page of the version before is open.
// Versions share the store, so a new one fetches only what changed; what none needs any more goes away.

const ROOT = self.registration.scope;
const STORE = `deepmelody ${ROOT}`;
// Large, and needed by few: kept once they were used. Without them the processor computes.
const KEPT_WHEN_USED = /engine-gpu/;

addEventListener('install', (event) => event.waitUntil(install()));
addEventListener('activate', (event) => event.waitUntil(activate()));
addEventListener('fetch', (event) => {
  if (isShared(event.request)) return event.respondWith(takeShared(event.request));
  const path = pathOf(event.request);
  if (path !== null) event.respondWith(answer(path, event.request));
});

async function install() {
  const store = await caches.open(STORE);
  for (const [path, hash] of Object.entries(FILES)) {
    if (KEPT_WHEN_USED.test(path) || await kept(store, hash)) continue;
    const { response, bytes } = await load(path);
    // A server that is being developed on says so: nothing of it is kept, nor what was kept before.
    if (/no-store/.test(response.headers.get('cache-control'))) {
      await caches.delete(STORE);
      // Not awaited: it happens once this installation has ended.
      self.registration.unregister();
      throw new Error('the server wants nothing to be kept');
    }
    if (await sha256(bytes) !== hash) throw new Error(`${path} is not the one that this version is made of`);
    await keep(store, hash, bytes, response);
  }
}

async function activate() {
  const store = await caches.open(STORE);
  const needed = new Set(Object.values(FILES).map(addressOf));
  const entries = await store.keys();
  await Promise.all(entries.filter(({ url }) => !needed.has(url)).map((entry) => store.delete(entry)));
  // The page of the first visit came from the server; from now on it needs that no more.
  await self.clients.claim();
}

// The file that is asked for, or null if it is none of this version's.
function pathOf({ url, method }) {
  const { origin, pathname } = new URL(url);
  const address = origin + pathname;
  if (method !== 'GET' || !address.startsWith(ROOT)) return null;
  const path = decodeURIComponent(address.slice(ROOT.length)) || 'index.html';
  return Object.hasOwn(FILES, path) ? path : null;
}

async function answer(path, request) {
  if (request.mode === 'navigate' && await makeWay()) {
    // In a second: a worker is replaced only once it has nothing to answer, and a page that asks at once keeps it busy.
    return new Response('', { headers: { 'Content-Type': 'text/html', Refresh: '1' } });
  }
  const store = await caches.open(STORE);
  const held = await kept(store, FILES[path]);
  if (held) return held;
  const { response, bytes } = await load(path);
  // Another version's file, if the server has moved on: better than none, but not to be kept.
  if (await sha256(bytes) === FILES[path]) await keep(store, FILES[path], bytes, response);
  return new Response(bytes, { headers: response.headers });
}

// Hands over to a complete newer version, unless other pages still use this one. The page then asks once more.
async function makeWay() {
  const { waiting } = self.registration;
  if (!waiting || (await self.clients.matchAll({ type: 'window' })).length > 1) return false;
  waiting.postMessage('take over');
  return true;
}

addEventListener('message', ({ data }) => {
  if (data === 'take over') self.skipWaiting();
});

// A song that another program shares with the installed page (share_target in manifest.webmanifest).
const isShared = ({ url, method }) => method === 'POST' && url === `${ROOT}shared`;

// Puts the song where the page takes it from (src/web/platform/shared.rs), and opens the page.
async function takeShared(request) {
  // Of what cannot be read, the page says nothing: it opens as it does by itself.
  const file = await request.formData().then((form) => form.get('song'), () => null);
  if (file instanceof File) {
    const store = await caches.open(`deepmelody shared ${ROOT}`);
    const headers = { 'Content-Type': file.type, 'X-File-Name': encodeURIComponent(file.name) };
    await store.put(`${ROOT}shared`, new Response(file, { headers }));
  }
  return Response.redirect(`${ROOT}?shared`, 303);
}

const addressOf = (hash) => `${ROOT}kept/${hash}`;

// The file of this hash, if it is there and undamaged.
async function kept(store, hash) {
  const held = await store.match(addressOf(hash));
  if (!held) return null;
  const bytes = await held.arrayBuffer();
  return await sha256(bytes) === hash ? new Response(bytes, { headers: held.headers }) : null;
}

async function load(path) {
  const response = await fetch(new URL(path, ROOT), { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  return { response, bytes: await response.arrayBuffer() };
}

// As it is once unpacked: what the server says of its compressed length or its date is no longer true.
async function keep(store, hash, bytes, { headers }) {
  const kind = headers.get('content-type') ?? 'application/octet-stream';
  const plain = { 'Content-Type': kind, 'Content-Length': bytes.byteLength };
  await store.put(addressOf(hash), new Response(bytes, { headers: plain }));
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
