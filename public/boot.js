// Starts the page's program behind the first view of index.html, which takes a song meanwhile, and then repeats to the
// program what the visitor did. A file of its own, because the Content-Security-Policy forbids scripts within the document.
const { js, wasm } = document.querySelector('script[data-js]').dataset;
const splash = document.getElementById('splash');
const words = document.getElementById('splash-words');
const input = splash.querySelector('#file');
const waiting = new AbortController();
let repeat = () => {};
let failure = '';

const say = (text) => { words.textContent = failure || text; };

// Keeps what the visitor did last. A file picker may still be open when the program has started.
function hold(what, action) {
  if (waiting.signal.aborted) return action();
  repeat = action;
  say(`${what} will open as soon as the rest of the page is here.`);
}

function holdFiles(files) {
  if (files.length) hold(files.length === 1 ? files[0].name : `${files.length} files`, () => drop(files));
}

function drop(files) {
  const dataTransfer = new DataTransfer();
  for (const file of files) dataTransfer.items.add(file);
  document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
}

function take(event) {
  event.preventDefault();
  splash.classList.remove('page--dragging');
  const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory;
  if ([...event.dataTransfer.items].some(isFolder)) {
    say('Folders can be dropped as soon as the rest of the page is here.');
  } else {
    holdFiles([...event.dataTransfer.files]);
  }
}

const listen = (type, handler) => addEventListener(type, handler, { signal: waiting.signal });
listen('dragover', (event) => {
  event.preventDefault();
  splash.classList.add('page--dragging');
});
listen('dragleave', (event) => event.relatedTarget || splash.classList.remove('page--dragging'));
listen('drop', take);
listen('paste', (event) => holdFiles([...event.clipboardData.files]));
input.addEventListener('change', () => holdFiles([...input.files]));
holdFiles([...input.files]); // chosen before this script was there
splash.querySelector('#demo').addEventListener('click', () => {
  hold('The demo song', () => document.getElementById('demo').click());
});

try {
  // Styles and fonts first: the program is many times as large.
  if (document.readyState !== 'complete') await new Promise((loaded) => addEventListener('load', loaded, { once: true }));
  const url = (path) => new URL(path, document.baseURI);
  const [{ default: init }, response] = await Promise.all([import(url(js)), fetch(url(wasm))]);
  await init({ module_or_path: response });
  waiting.abort();
  const focused = splash.contains(document.activeElement) && document.activeElement.id;
  splash.remove();
  if (focused) document.getElementById(focused)?.focus();
  repeat();
} catch (error) {
  failure = `DeepMelody could not start in this browser: ${error.message}`;
  say(failure);
  throw error;
}
