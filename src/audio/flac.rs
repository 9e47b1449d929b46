//! FLAC files (RFC 9639), encoded block by block: fixed predictors, Rice codes in partitions, and of two channels whatever
//! is smallest of left, right, middle and side. Sizes are counted exactly, so no block is larger than its samples.

mod bits;
mod subframe;

use md5::{Digest, Md5};

pub(super) use self::bits::crc_8;
use self::{bits::BitWriter, subframe::Subframe};
use super::{AudioError, FileTags, wav::Layout};

/// Samples a channel of every frame but the last.
pub const BLOCK_LENGTH: usize = 4_096;
/// What a frame's header has for [`BLOCK_LENGTH`], and where another length follows in 16 bits (section 9.1.1).
const BLOCK_LENGTH_CODE: u32 = 0b1100;
const OTHER_LENGTH_CODE: u32 = 0b0111;
/// Most channels, and the largest rate that fits 20 bits (sections 8.2 and 9.1.3).
const MAX_CHANNELS: usize = 8;
const MAX_SAMPLE_RATE: u32 = (1 << 20) - 1;
/// The channels of a frame, where they are not independent (section 9.1.3).
const LEFT_SIDE: u32 = 8;
const SIDE_RIGHT: u32 = 9;
const MIDDLE_SIDE: u32 = 10;
/// Kinds of blocks of metadata, and the flag of the last one (section 8.1).
const STREAM_INFO: u8 = 0;
const TAGS: u8 = 4;
const IS_LAST: u8 = 0x80;

/// Encodes one file: its frames first, then what stands before them.
#[derive(Clone, Debug)]
pub struct FlacEncoder {
    layout: Layout,
    frames: u32,
    /// Samples a channel that were encoded.
    samples: u64,
    /// Of the smallest and the largest frame, in bytes.
    frame_sizes: [u32; 2],
    /// Of all samples, by which decoders tell whether they are whole.
    hash: Md5,
}

impl FlacEncoder {
    /// An encoder of samples that lie so.
    ///
    /// # Errors
    /// When they are floats, or there are more channels or a higher rate than FLAC has.
    pub fn new(layout: Layout) -> Result<Self, AudioError> {
        let channels = usize::from(layout.channel_count);
        if layout.format.bytes() > 3 {
            return Err(AudioError::Flac("it holds integers of up to 24 bits"));
        }
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(AudioError::Flac("it holds 1 to 8 channels"));
        }
        if !(1..=MAX_SAMPLE_RATE).contains(&layout.sample_rate) {
            return Err(AudioError::Flac("it holds rates of up to 1,048,575 Hz"));
        }
        Ok(Self {
            layout,
            frames: 0,
            samples: 0,
            frame_sizes: [u32::MAX, 0],
            hash: Md5::default(),
        })
    }

    /// Appends the frames of the next samples, which lie as in a WAV file, to `out`. All but the last call take a multiple
    /// of [`BLOCK_LENGTH`].
    pub fn encode(&mut self, samples: &[u8], out: &mut Vec<u8>) {
        let instant = self.layout.bytes_per_sample();
        let (samples, _incomplete) = samples.split_at(samples.len() - samples.len() % instant);
        self.hash.update(samples);
        for block in samples.chunks(BLOCK_LENGTH * instant) {
            let frame = self.frame(&self.channels(block));
            let size = frame.len() as u32;
            let [smallest, largest] = self.frame_sizes;
            self.frame_sizes = [smallest.min(size), largest.max(size)];
            self.frames += 1;
            self.samples += (block.len() / instant) as u64;
            out.extend(frame);
        }
    }

    /// What stands before the frames, once all are encoded.
    pub fn header(self, tags: &FileTags) -> Vec<u8> {
        let tags = tags.vorbis_comment();
        let mut header = BitWriter::default();
        header.bytes(b"fLaC");
        header.bytes(&[STREAM_INFO, 0, 0, 34]);
        // The last block is not counted (section 8.2).
        header.put(BLOCK_LENGTH as u32, 16);
        header.put(BLOCK_LENGTH as u32, 16);
        let [smallest, largest] = self.frame_sizes;
        header.put(smallest.min(largest), 24);
        header.put(largest, 24);
        header.put(self.layout.sample_rate, 20);
        header.put(u32::from(self.layout.channel_count) - 1, 3);
        header.put(self.bits() - 1, 5);
        header.put((self.samples >> 32) as u32, 4);
        header.put(self.samples as u32, 32);
        header.bytes(&self.hash.finalize());
        header.put(u32::from(IS_LAST | TAGS), 8);
        header.put(tags.len() as u32, 24);
        header.bytes(&tags);
        header.finish()
    }

    /// Bits of an amplitude.
    fn bits(&self) -> u32 {
        8 * self.layout.format.bytes() as u32
    }

    /// The amplitudes of each channel.
    fn channels(&self, block: &[u8]) -> Vec<Vec<i32>> {
        let size = self.layout.format.bytes();
        let amplitude = |bytes: &[u8]| {
            let mut wide = [0; 4];
            wide[4 - size..].copy_from_slice(bytes);
            i32::from_le_bytes(wide) >> (32 - 8 * size)
        };
        let channels = 0..usize::from(self.layout.channel_count);
        let channel = |channel: usize| {
            let instants = block.chunks_exact(self.layout.bytes_per_sample());
            let amplitudes = instants.map(|instant| &instant[channel * size..][..size]);
            amplitudes.map(amplitude).collect()
        };
        channels.map(channel).collect()
    }

    /// A frame (section 9).
    fn frame(&self, channels: &[Vec<i32>]) -> Vec<u8> {
        let (assignment, subframes) = match channels {
            [left, right] => stereo(left, right, self.bits()),
            _ => {
                let subframes = channels.iter();
                let subframes =
                    subframes.map(|channel| Subframe::smallest(channel.clone(), self.bits()));
                (channels.len() as u32 - 1, subframes.collect())
            }
        };
        let length = channels[0].len();
        let mut frame = BitWriter::default();
        // Frames of one block length; rate and bits are those of the file's header.
        frame.put(0xfff8, 16);
        let is_usual = length == BLOCK_LENGTH;
        frame.put(
            if is_usual {
                BLOCK_LENGTH_CODE
            } else {
                OTHER_LENGTH_CODE
            },
            4,
        );
        frame.put(0, 4);
        frame.put(assignment, 4);
        frame.put(0, 4);
        frame.number(self.frames);
        if !is_usual {
            frame.put(length as u32 - 1, 16);
        }
        frame.checksum_8();
        for subframe in &subframes {
            subframe.write(&mut frame);
        }
        frame.checksum_16();
        frame.finish()
    }
}

/// The smallest way to store two channels (section 4.2).
fn stereo(left: &[i32], right: &[i32], bits: u32) -> (u32, Vec<Subframe>) {
    let pairs = || left.iter().zip(right);
    let middle = pairs().map(|(left, right)| (left + right) >> 1).collect();
    let side = pairs().map(|(left, right)| left - right).collect();
    let [left, right, middle] =
        [left.to_vec(), right.to_vec(), middle].map(|channel| Subframe::smallest(channel, bits));
    let side = Subframe::smallest(side, bits + 1);
    let size = |one: &Subframe, other: &Subframe| one.size_bits() + other.size_bits();
    let ways = [
        (1, size(&left, &right)),
        (LEFT_SIDE, size(&left, &side)),
        (SIDE_RIGHT, size(&side, &right)),
        (MIDDLE_SIDE, size(&middle, &side)),
    ];
    let smallest = ways.into_iter().min_by_key(|(_, size)| *size);
    match smallest.map(|(way, _)| way) {
        Some(LEFT_SIDE) => (LEFT_SIDE, vec![left, side]),
        Some(SIDE_RIGHT) => (SIDE_RIGHT, vec![side, right]),
        Some(MIDDLE_SIDE) => (MIDDLE_SIDE, vec![middle, side]),
        _ => (1, vec![left, right]),
    }
}

#[cfg(test)]
mod tests;
