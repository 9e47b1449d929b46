// A worker that loads the engine's large files for the page, whose own thread would feel their bytes.
//
// Asked with {url, isProgram}, it answers {bytes, total} now and then, and in the end one of {value} (a compiled
// WebAssembly module, or else a Blob), {status} (the server's, if it is no success), {damaged} (why the program does not
// compile) and {cause} (why nothing came).

const BETWEEN_MILLIS = 100;

self.onmessage = async ({ data: { url, isProgram } }) => {
  try {
    // What the browser keeps is asked about first: parts of different versions of the site do not fit together.
    const response = await fetch(url, { cache: 'no-cache' });
    if (!response.ok) return self.postMessage({ status: response.status });
    const headers = { 'Content-Type': isProgram ? 'application/wasm' : 'application/octet-stream' };
    const counted = new Response(response.body.pipeThrough(counting(response.headers)), { headers });
    self.postMessage({ value: isProgram ? await WebAssembly.compileStreaming(counted) : await counted.blob() });
  } catch (error) {
    const key = error instanceof WebAssembly.CompileError ? 'damaged' : 'cause';
    self.postMessage({ [key]: error.message });
  }
};

// Passes bytes on and tells how many they were. A compressed body's length says nothing about the bytes that arrive.
function counting(headers) {
  const total = headers.has('content-encoding') ? null : Number(headers.get('content-length')) || null;
  let [bytes, next] = [0, 0];
  return new TransformStream({
    transform(piece, controller) {
      bytes += piece.byteLength;
      controller.enqueue(piece);
      if (performance.now() < next) return;
      self.postMessage({ bytes, total });
      next = performance.now() + BETWEEN_MILLIS;
    },
  });
}
