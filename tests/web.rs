//! The page's parts in a real browser: what files tell of themselves, decoding, messages, numbers, adapters.
#![cfg(target_arch = "wasm32")]

use deepmelody::{
    audio::wav::{SampleFormat, write_wav},
    source::Source,
    web::{
        container::{self, Format, Inspection},
        page::format,
        platform::{
            clock, decode, fetch,
            gpu::{Adapter, describe},
        },
        worker::protocol::{
            DevicePreference, Failure, FailureKind, Request, Response, Stage, pack, unpack,
        },
    },
};
use js_sys::{Float32Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

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

fn inspect(bytes: &[u8]) -> Option<Inspection> {
    container::inspect(bytes, bytes, bytes.len() as u64)
}

#[wasm_bindgen_test]
fn a_wav_tells_rate_and_duration_and_whether_it_is_cut_off() {
    let whole = wav(2.0, 2);
    let inspection = inspect(&whole).expect("a WAV is known");
    assert_eq!(inspection.format, Format::Wav);
    assert_eq!(inspection.sample_rate, Some(SAMPLE_RATE));
    assert_eq!(inspection.duration_secs, Some(2.0));
    assert!(!inspection.is_cut_off);
    assert!(
        inspect(&whole[..whole.len() / 2])
            .expect("still a WAV")
            .is_cut_off
    );
}

#[wasm_bindgen_test]
fn a_flac_tells_rate_and_duration() {
    let mut head = b"fLaC\x80\x00\x00\x22".to_vec();
    head.extend([0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    // 48,000 Hz in 20 bits, 2 channels, 16 bits a sample, 96,000 samples in 36 bits.
    head.extend([0x0b, 0xb8, 0x02, 0xf0, 0x00, 0x01, 0x77, 0x00]);
    let inspection = inspect(&head).expect("a FLAC is known");
    assert_eq!(
        (inspection.sample_rate, inspection.duration_secs),
        (Some(48_000), Some(2.0))
    );
}

#[wasm_bindgen_test]
fn an_ogg_is_whole_when_its_last_page_says_so() {
    let page = |flags: u8, body: &[u8]| {
        [
            &b"OggS\x00"[..],
            &[flags],
            &[0; 20],
            &[1, body.len() as u8],
            body,
        ]
        .concat()
    };
    let head = page(2, b"\x01vorbis\x00\x00\x00\x00\x02\x80\xbb\x00\x00");
    let whole = [head.clone(), page(4, b"end")].concat();
    let inspection = inspect(&whole).expect("an Ogg is known");
    assert_eq!(
        (inspection.sample_rate, inspection.is_cut_off),
        (Some(48_000), false)
    );
    assert!(inspect(&head).expect("still an Ogg").is_cut_off);
}

#[wasm_bindgen_test]
fn an_mp4_ends_where_its_last_box_does() {
    let whole = [
        &b"\x00\x00\x00\x10ftypM4A \x00\x00\x00\x00\x00\x00\x00\x0cmdat"[..],
        &[0; 4],
    ]
    .concat();
    assert_eq!(
        inspect(&whole).map(|inspection| inspection.is_cut_off),
        Some(false)
    );
    assert_eq!(
        inspect(&whole[..whole.len() - 2]).map(|inspection| inspection.is_cut_off),
        Some(true)
    );
}

#[wasm_bindgen_test]
fn an_m4a_tells_its_rate_and_whether_it_is_lossless() {
    let told =
        |bytes: &[u8]| inspect(bytes).map(|inspection| (inspection.format, inspection.sample_rate));
    assert_eq!(
        told(include_bytes!("audio/faststart.m4a")),
        Some((Format::Mp4, Some(48_000)))
    );
    assert_eq!(
        told(include_bytes!("audio/stereo.m4a")),
        Some((Format::Mp4, Some(44_100)))
    );
    // Its rate, 22,050 Hz, might be half of what another decoder makes of such a file.
    assert_eq!(
        told(include_bytes!("audio/lossless.m4a")),
        Some((Format::Alac, None))
    );
}

#[wasm_bindgen_test]
fn an_mp3_tells_its_rate_behind_a_tag_and_its_duration() {
    let mut bytes = b"ID3\x04\x00\x00\x00\x00\x00\x02..".to_vec();
    bytes.extend([0xff, 0xfb, 0x90, 0x00]);
    bytes.extend([0; 32]);
    bytes.extend(b"Xing\x00\x00\x00\x01\x00\x00\x00\x64");
    let inspection = inspect(&bytes).expect("an MP3 is known");
    assert_eq!(
        (inspection.format, inspection.sample_rate),
        (Format::Mp3, Some(44_100))
    );
    let expected_secs = 100.0 * 1152.0 / 44_100.0;
    assert!((inspection.duration_secs.expect("counted frames") - expected_secs).abs() < 1e-9);
}

#[wasm_bindgen_test]
fn what_is_no_audio_is_not_taken_for_it() {
    for bytes in [
        &b""[..],
        b"PNG",
        b"<!doctype html><title>no</title>",
        &[0; 64],
        &[0xff; 64],
    ] {
        assert_eq!(inspect(bytes), None, "{bytes:?}");
    }
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
}
