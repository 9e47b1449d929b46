// Starts the page. A file of its own, because the Content-Security-Policy forbids scripts within the document.
const { js, wasm } = document.querySelector('script[data-js]').dataset;
try {
  const { default: init } = await import(new URL(js, document.baseURI));
  await init({ module_or_path: new URL(wasm, document.baseURI) });
  document.getElementById('splash').remove();
} catch (error) {
  const words = document.getElementById('splash-words');
  words.textContent = `DeepMelody could not start in this browser: ${error.message}`;
  words.hidden = false;
  throw error;
}
