//! L7: stems on their way into the browser's keeping: WAV files that grow block by block.

use wasm_bindgen::JsValue;

use crate::{
    audio::{
        AudioError,
        wav::{Layout, SampleFormat},
    },
    separate::{DeliveryError, Original, StemSink},
    source::Source,
    web::platform::{PlatformError, blob::BlobWriter},
};

/// Up to this size the five files are kept exactly, as floating point; larger ones, of songs of more than some nine
/// minutes, in 16 bits, so that an hour of music still fits.
const EXACT_BYTES: usize = 1_000_000_000;

/// Five WAV files being written.
pub(super) struct StemBlobs {
    layout: Layout,
    files: Vec<BlobWriter>,
}

impl StemBlobs {
    /// Starts the files of a song's stems.
    pub(super) fn new(original: &impl Original) -> Result<Self, AudioError> {
        let channels = original.channel_count();
        let channel_count =
            u16::try_from(channels).map_err(|_| AudioError::ChannelCount { got: channels })?;
        let layout = |format| Layout {
            channel_count,
            sample_rate: original.sample_rate(),
            format,
        };
        let exact = layout(SampleFormat::Float32);
        let exact_bytes = Source::COUNT * original.length() * exact.bytes_per_sample();
        let layout = match exact_bytes <= EXACT_BYTES {
            true => exact,
            false => layout(SampleFormat::Int16),
        };
        let header = layout.header(original.length())?;
        let file = |_: &Source| {
            let mut file = BlobWriter::default();
            file.buffer().extend(header);
            file
        };
        Ok(Self {
            layout,
            files: Source::ALL.iter().map(file).collect(),
        })
    }

    /// The files and how they are laid out.
    pub(super) fn finish(self) -> Result<(Layout, Vec<JsValue>), PlatformError> {
        let blobs = self
            .files
            .into_iter()
            .map(|file| Ok(file.finish("audio/wav")?.into()));
        Ok((self.layout, blobs.collect::<Result<_, PlatformError>>()?))
    }
}

impl StemSink for StemBlobs {
    fn block(&mut self, source: Source, channels: &[Vec<f32>]) -> Result<(), DeliveryError> {
        let file = &mut self.files[source.index()];
        self.layout.encode(channels, file.buffer());
        file.flush_full()
            .map_err(|error| DeliveryError(format!("the stems could not be kept: {error}")))
    }
}
