//! The page's parts in a real browser: what files tell of themselves, decoding, messages, numbers, adapters.
#![cfg(target_arch = "wasm32")]

use deepmelody::{
    audio::wav::{SampleFormat, write_wav},
    source::Source,
    web::{
        decoding::{self, DecodeError},
        page::format,
        platform::{
            clock, decode, fetch,
            gpu::{Adapter, describe},
        },
        worker::{
            engine_kind::{DevicePreference, helper_count},
            protocol::{Failure, FailureKind, Request, Response, Stage, pack, unpack},
        },
    },
};
use js_sys::{Array, Float32Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;

wasm_bindgen_test_configure!(run_in_browser);

const SAMPLE_RATE: u32 = 22_050;

fn wav(secs: f32, channels: usize) -> Vec<u8> {
    let samples: Vec<f32> = (0..(secs * SAMPLE_RATE as f32) as usize)
        .map(|index| (index as f32 * 0.05).sin() * 0.5)
        .collect();
    let mut bytes = std::io::Cursor::new(Vec::new());
    let channels = vec![samples.as_slice(); channels];
    write_wav(&mut bytes, &channels, SAMPLE_RATE, SampleFormat::Int16).expect("a WAV file");
    bytes.into_inner()
}

fn file(bytes: &[u8]) -> Blob {
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_buffer_source_sequence(&parts).expect("a file")
}

#[wasm_bindgen_test]
async fn headers_that_lie_are_put_right_before_the_browser_decodes() {
    let plain = wav(1.5, 2);
    // Unknown lengths; one of them wraps around in 32 bits.
    for size in [0_u32, 0x7fff_f000, 0xffff_fff8, u32::MAX] {
        let mut bytes = plain.clone();
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        bytes[40..44].copy_from_slice(&size.to_le_bytes());
        let decoded = decoding::decode_file(&file(&bytes)).await.expect("decodes");
        assert_eq!(decoded.audio.duration(), 1.5, "{size:x}");
        assert!(!decoded.is_cut_off, "{size:x}");
    }
    let half = decoding::decode_file(&file(&plain[..plain.len() / 2])).await;
    assert!(half.expect("decodes").is_cut_off);
}

#[wasm_bindgen_test]
async fn joined_recordings_are_decoded_whole() {
    let twice = include_bytes!("audio/stereo.ogg").repeat(2);
    let decoded = decoding::decode_file(&file(&twice)).await.expect("decodes");
    assert!((decoded.audio.duration() - 2.4).abs() < 0.05);
    assert!(!decoded.is_cut_off);
}

#[wasm_bindgen_test]
async fn floats_of_64_bits_are_decoded() {
    let samples: Vec<f64> = (0..22_050)
        .map(|n| (f64::from(n) * 0.05).sin() * 0.5)
        .collect();
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    let bytes = [
        &b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x03\0\x01\0\x22\x56\0\0\x10\xb1\x02\0\x08\0\x40\0data"[..],
        &(data.len() as u32).to_le_bytes(),
        &data,
    ]
    .concat();
    let audio = decoding::decode_file(&file(&bytes))
        .await
        .expect("decodes")
        .audio;
    assert_eq!(audio.duration(), 1.0);
    let first = audio.get_channel_data(0).expect("samples");
    assert!((f64::from(first[100]) - samples[100]).abs() < 1e-4);
}

#[wasm_bindgen_test]
async fn what_is_no_song_is_named() {
    let found = decoding::decode_file(&file(b"MThd\0\0\0\x06\0\0\0\x01\0\x60")).await;
    assert!(matches!(found, Err(DecodeError::NoSound(_))));
    let found = decoding::decode_file(&file(b"this is not audio")).await;
    assert!(matches!(found, Err(DecodeError::NotAudio)));
}

#[wasm_bindgen_test]
async fn the_browser_decodes_a_wav_at_its_own_rate() {
    for channels in [1, 2, 8] {
        let bytes = Uint8Array::from(wav(1.5, channels).as_slice()).buffer();
        let audio = decode::decode(&bytes, SAMPLE_RATE).await.expect("decodes");
        assert_eq!(audio.sample_rate() as u32, SAMPLE_RATE);
        assert_eq!(audio.number_of_channels() as usize, channels);
        assert_eq!(audio.duration(), 1.5);
        let first = audio.get_channel_data(0).expect("samples");
        assert!((first[100] - (100.0_f32 * 0.05).sin() * 0.5).abs() < 1e-4);
    }
}

#[wasm_bindgen_test]
async fn what_cannot_be_decoded_is_an_error() {
    let bytes = Uint8Array::from(&b"this is not audio"[..]).buffer();
    assert!(decode::decode(&bytes, 44_100).await.is_err());
}

#[wasm_bindgen_test]
async fn a_missing_file_is_named() {
    let error = fetch::fetch_text("nowhere.json")
        .await
        .expect_err("there is no such file");
    assert!(error.to_string().contains("nowhere.json"), "{error}");
}

#[wasm_bindgen_test]
async fn waiting_lets_other_tasks_run() {
    let before_secs = clock::now_secs();
    clock::yield_now().await;
    clock::sleep_millis(20).await;
    assert!(clock::now_secs() - before_secs >= 0.015);
}

#[wasm_bindgen_test]
fn messages_arrive_as_they_were_sent() {
    let samples = Float32Array::from(&[0.25, -0.5][..]);
    let message = pack(&Request::Samples { id: 7 }, &[samples.into()]).expect("packs");
    let (request, attachments) = unpack::<Request>(&message).expect("unpacks");
    assert_eq!(request, Request::Samples { id: 7 });
    assert_eq!(
        attachments[0]
            .clone()
            .unchecked_into::<Float32Array>()
            .to_vec(),
        [0.25, -0.5]
    );

    let failure = Failure::new(FailureKind::Input, "The song is silent.");
    for response in [
        Response::Progress {
            id: 1,
            stage: Stage::Separating,
            fraction: 0.3,
            secs_left: Some(12.5),
        },
        Response::Failed { id: 2, failure },
    ] {
        let message = pack(&response, &[]).expect("packs");
        assert_eq!(unpack::<Response>(&message).expect("unpacks").0, response);
    }
    assert!(unpack::<Request>(&"nonsense".into()).is_err());
}

#[wasm_bindgen_test]
fn helpers_leave_the_page_a_thread_and_the_machine_its_memory() {
    assert_eq!(helper_count(1, None), 1);
    assert_eq!(helper_count(4, Some(4.0)), 4);
    assert_eq!(helper_count(8, None), 4);
    assert_eq!(helper_count(8, Some(8.0)), 7);
    assert_eq!(helper_count(64, Some(8.0)), 8);
}

#[wasm_bindgen_test]
fn the_device_parameter_is_understood() {
    assert_eq!(
        DevicePreference::from_parameter(Some("cpu")),
        DevicePreference::Cpu
    );
    assert_eq!(
        DevicePreference::from_parameter(Some("gpu")),
        DevicePreference::Gpu
    );
    assert_eq!(
        DevicePreference::from_parameter(Some("abacus")),
        DevicePreference::Automatic
    );
    assert_eq!(
        DevicePreference::from_parameter(None),
        DevicePreference::Automatic
    );
}

#[wasm_bindgen_test]
fn software_adapters_are_recognised() {
    let names = |names: [&str; 4]| names.map(str::to_owned);
    let software = [
        names(["google", "swiftshader", "", ""]),
        names(["mesa", "", "llvmpipe (LLVM 15.0.6, 256 bits)", ""]),
        names(["", "", "", "Microsoft Basic Render Driver"]),
    ];
    for adapter in software {
        assert!(
            matches!(describe(&adapter, false), Adapter::Software(_)),
            "{adapter:?}"
        );
    }
    let card = names(["nvidia", "ampere", "", ""]);
    assert_eq!(
        describe(&card, false),
        Adapter::Hardware("nvidia ampere".to_owned())
    );
    assert_eq!(
        describe(&card, true),
        Adapter::Software("nvidia ampere".to_owned())
    );
}

#[wasm_bindgen_test]
fn numbers_read_well() {
    assert_eq!(format::clock(65.4), "1:05");
    assert_eq!(format::clock(3_661.0), "1:01:01");
    assert_eq!(format::percent(0.624), 62);
    assert_eq!(format::time_left(41.0), "about 45 s left");
    assert_eq!(format::time_left(130.0), "about 3 min left");
    assert_eq!(format::ranges(&[]), "never");
    assert_eq!(
        format::ranges(&[[0.0, 10.0], [61.0, 62.0]]),
        "0:00–0:10, 1:01–1:02"
    );
    assert_eq!(format::host("https://www.naev.org/music"), Some("naev.org"));
    assert_eq!(format::host("songs/mine.html"), None);
    assert_eq!(format::title(Source::Other), "Other");
    assert_eq!(format::full_title(Source::Other), "Other, with voices");
    assert_eq!(format::full_title(Source::Bass), "Bass");
}
