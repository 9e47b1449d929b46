//! Entry point of the engine and its helpers.

fn main() {
    deepmelody::web::worker::host::run();
}
