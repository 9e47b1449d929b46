//! Sound banks made in memory for tests: one looped sawtooth-like sample behind every preset.

const SAMPLES: usize = 512;

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = id.to_vec();
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes.extend(std::iter::repeat_n(0, body.len() % 2));
    bytes
}

fn list(form: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"LIST", &[form.to_vec(), chunks.concat()].concat())
}

fn named(name: &str, words: &[u16]) -> Vec<u8> {
    let mut bytes = name.as_bytes().to_vec();
    bytes.resize(20, 0);
    bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    bytes
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A SoundFont with a preset for each (bank, patch).
pub fn sound_font(presets: &[(u16, u16)]) -> Vec<u8> {
    let wave = |index: usize| ((index % 128) as i16 - 64) * 200;
    let samples: Vec<u8> = (0..SAMPLES + 64)
        .flat_map(|index| wave(index).to_le_bytes())
        .collect();
    let count = presets.len() as u16;
    let mut headers: Vec<u8> = Vec::new();
    let mut bags: Vec<u8> = Vec::new();
    let mut generators: Vec<u8> = Vec::new();
    for (zone, (bank, patch)) in presets.iter().enumerate() {
        headers.extend(named(
            "preset",
            &[*patch, *bank, zone as u16, 0, 0, 0, 0, 0, 0],
        ));
        bags.extend(words(&[zone as u16, 0]));
        generators.extend(words(&[41, 0]));
    }
    headers.extend(named("EOP", &[0, 0, count, 0, 0, 0, 0, 0, 0]));
    bags.extend(words(&[count, 0]));
    generators.extend(words(&[0, 0]));
    let mut sample = named("wave", &[]);
    for value in [0_u32, SAMPLES as u32, 128, 384, 44_100] {
        sample.extend(value.to_le_bytes());
    }
    sample.extend([60, 0, 0, 0, 1, 0]);
    let parameters = [
        chunk(b"phdr", &headers),
        chunk(b"pbag", &bags),
        chunk(b"pmod", &[0; 10]),
        chunk(b"pgen", &generators),
        chunk(b"inst", &[named("wave", &[0]), named("EOI", &[1])].concat()),
        chunk(b"ibag", &words(&[0, 0, 2, 0])),
        chunk(b"imod", &[0; 10]),
        chunk(b"igen", &words(&[54, 1, 53, 0, 0, 0])),
        chunk(
            b"shdr",
            &[sample, [named("EOS", &[]), vec![0; 26]].concat()].concat(),
        ),
    ];
    let info = list(
        b"INFO",
        &[chunk(b"ifil", &words(&[2, 1])), chunk(b"INAM", b"test")],
    );
    let body = [
        b"sfbk".to_vec(),
        info,
        list(b"sdta", &[chunk(b"smpl", &samples)]),
        list(b"pdta", &parameters),
    ]
    .concat();
    chunk(b"RIFF", &body)
}

/// A SoundFont with all General MIDI programs and one drum kit.
pub fn general_midi() -> Vec<u8> {
    let presets: Vec<(u16, u16)> = (0..128).map(|patch| (0, patch)).chain([(128, 0)]).collect();
    sound_font(&presets)
}
