//! MD5 (RFC 1321), by which FLAC tells whether its samples are whole. For nothing that must be secret.

/// Bits that each round's steps rotate by.
const ROTATIONS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];
const BLOCK_BYTES: usize = 64;

/// A hash of bytes that come in pieces.
#[derive(Clone, Debug)]
pub(super) struct Md5 {
    state: [u32; 4],
    length: u64,
    pending: Vec<u8>,
    /// floor(2^32 |sin n|) for n from 1 on.
    sines: [u32; 64],
}

impl Default for Md5 {
    fn default() -> Self {
        Self {
            state: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476],
            length: 0,
            pending: Vec::new(),
            sines: std::array::from_fn(|n| {
                let sine = (n as f64 + 1.0).sin().abs();
                (sine * 4_294_967_296.0) as u32
            }),
        }
    }
}

impl Md5 {
    /// Takes the next bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.pending.extend(bytes);
        let pending = std::mem::take(&mut self.pending);
        let blocks = pending.chunks_exact(BLOCK_BYTES);
        self.pending = blocks.remainder().to_vec();
        blocks.for_each(|block| self.take(block));
    }

    /// The hash.
    pub(super) fn finish(mut self) -> [u8; 16] {
        let bits = self.length.wrapping_mul(8);
        let zeros = (BLOCK_BYTES * 2 - 9 - self.pending.len()) % BLOCK_BYTES;
        self.add(&[0x80]);
        self.add(&vec![0; zeros]);
        self.add(&bits.to_le_bytes());
        let mut hash = [0; 16];
        let bytes = self.state.iter().flat_map(|word| word.to_le_bytes());
        hash.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
        hash
    }

    fn take(&mut self, block: &[u8]) {
        let word = |n: usize| {
            let bytes = block[4 * n..4 * n + 4].iter().rev();
            bytes.fold(0, |word, &byte| word << 8 | u32::from(byte))
        };
        let words: [u32; 16] = std::array::from_fn(word);
        let [mut a, mut b, mut c, mut d] = self.state;
        for step in 0..64 {
            let (mixed, place) = match step / 16 {
                0 => (b & c | !b & d, step),
                1 => (d & b | !d & c, 5 * step + 1),
                2 => (b ^ c ^ d, 3 * step + 5),
                _ => (c ^ (b | !d), 7 * step),
            };
            let sum = a.wrapping_add(mixed).wrapping_add(self.sines[step]);
            let sum = sum.wrapping_add(words[place % 16]);
            let turned = sum.rotate_left(ROTATIONS[step / 16][step % 4]);
            (a, d, c, b) = (d, c, b, b.wrapping_add(turned));
        }
        for (state, word) in self.state.iter_mut().zip([a, b, c, d]) {
            *state = state.wrapping_add(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::hex;

    #[test]
    fn hashes_are_those_of_the_specification() {
        let long = "1234567890".repeat(8);
        for (text, expected) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            (long.as_str(), "57edf4a22be3c955ac49da2e2107b67a"),
        ] {
            let mut whole = Md5::default();
            whole.add(text.as_bytes());
            assert_eq!(hex(&whole.finish()), expected);
            let mut pieces = Md5::default();
            text.as_bytes()
                .chunks(7)
                .for_each(|piece| pieces.add(piece));
            assert_eq!(hex(&pieces.finish()), expected);
        }
    }
}
