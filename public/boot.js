// Starts the page. A file of its own, because the Content-Security-Policy forbids scripts within the document.
const { js, wasm } = document.querySelector('script[data-js]').dataset;
const splash = document.getElementById('splash');
try {
  const { default: init } = await import(new URL(js, document.baseURI));
  await init({ module_or_path: new URL(wasm, document.baseURI) });
  splash.remove();
} catch (error) {
  splash.textContent = `DeepMelody could not start in this browser: ${error.message}`;
  throw error;
}
