//! Entry point of the engine that computes on the graphics card, and of its helpers.

fn main() {
    deepmelody::web::worker::host::run_on_gpu();
}
