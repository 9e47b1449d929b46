//! The companion's entry point.

fn main() -> std::process::ExitCode {
    deepmelody::native::main()
}
