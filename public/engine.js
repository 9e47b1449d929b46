// Starts an engine, or one of its helpers: a module worker whose first message is the program's name and compiled wasm.

// An error that nobody awaits is raised where the worker's starter hears of it.
const raise = (error) => setTimeout(() => { throw error; });

// Nobody else notices that a graphics card is lost.
if (self.GPUAdapter) {
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    device.lost.then(({ reason, message }) => {
      if (reason !== 'destroyed') raise(new Error(`device lost: ${message}`));
    });
    return device;
  };
}

self.onmessage = async ({ data: [program, module] }) => {
  self.onmessage = null;
  try {
    const { default: init } = await import(`./${program}.js`);
    await init({ module_or_path: module });
  } catch (error) {
    raise(error);
  }
};
