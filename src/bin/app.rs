//! Entry point of the page.

fn main() {
    deepmelody::web::page::mount();
}
