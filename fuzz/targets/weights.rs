//! Any file as the weights of a small network.
#![no_main]

use burn::tensor::Device;
use deepmelody::model::{UNet, UNetConfig, weights};
use libfuzzer_sys::fuzz_target;

/// The network of the seeds.
fn network() -> UNet {
    let architecture = UNetConfig {
        channels: vec![1, 1],
        bins: 4,
        patch: 1,
        frequency_bottleneck: Some(2),
        masks: 5,
    };
    architecture.init(&Device::flex())
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(loaded) = weights::load_into(network(), bytes.to_vec()) {
        let written = weights::encode_finished(&loaded).expect("weights can be written");
        let again = weights::load_into(network(), written.clone()).expect("read back");
        let rewritten = weights::encode_finished(&again).expect("weights can be written");
        assert!(written == rewritten);
    }
});
